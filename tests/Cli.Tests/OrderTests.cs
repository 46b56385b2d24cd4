using Havm.Model;
using Havm.Wire.Api;
using Microsoft.AspNetCore.Http;

namespace Havm.Cli.Tests;

public sealed class OrderTests
{
    private const string Document = "apiVersion: havm/v1\nkind: Rack\nmetadata: {name: r1}\n";

    private static readonly ApplyResult Created = new()
    {
        Objects =
        [
            new("VirtualMachine", "db-0", ApplyOutcome.Created, 4, ["isolation is pause: there is one controller"]),
        ],
    };

    [Fact]
    public async Task Apply_sends_the_text_and_tells_what_became_of_each_object_and_its_warnings()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("POST /v1/apply", Created, ApiJson.Default.ApplyResult);
        Run run = await Executable.RunAsync(controller.Socket, Document, 120, "apply", "-f", "-");

        Assert.Equal((0, "VirtualMachine/db-0 created\n"), (run.Exit, run.Out));
        Assert.Equal("warning: VirtualMachine/db-0: isolation is pause: there is one controller\n", run.Error);
        Assert.Equal(("POST /v1/apply", Document), Assert.Single(controller.Asked));
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("POST /v1/apply?dryRun=true", Created with { DryRun = true }, ApiJson.Default.ApplyResult);
        Run run = await Executable.RunAsync(
            controller.Socket, Document, 120, "apply", "-f", "-", "--dry-run", "--wait");
        Assert.Equal((0, "VirtualMachine/db-0 would be created\n"), (run.Exit, run.Out));
    }

    [Fact]
    public async Task Errors_of_several_files_are_told_in_four_parts_each_with_its_own_file_and_line()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Refuse(
            "POST /v1/apply", 400, "invalid",
            new SpecError("Rack/r1", "spec.x", "is not known", "remove it") { Line = 3, Column = 7 },
            new SpecError("Rack/r2", "", "stands twice", "keep one") { Line = 5, Column = 1 });
        string folder = Directory.CreateTempSubdirectory("havm-cli").FullName;
        string a = Path.Combine(folder, "a.yaml");
        string b = Path.Combine(folder, "b.yaml");
        await File.WriteAllTextAsync(a, Document, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(b, Document, TestContext.Current.CancellationToken);
        Run run = await Executable.RunAsync(controller.Socket, "apply", "-f", a, "-f", b);
        Directory.Delete(folder, true);

        Assert.Equal(2, run.Exit);
        Assert.Equal("", run.Out);
        Assert.Equal(
            $"""
            error: Rack/r1  spec.x  ({a}:3:7)
              reason: is not known
              remedy: remove it
            error: Rack/r2  ({b}:1:1)
              reason: stands twice
              remedy: keep one
            2 errors; nothing was changed.

            """, run.Error);
    }

    [Fact]
    public async Task What_the_cluster_refuses_ends_with_one()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Refuse(
            "POST /v1/instances/db-0/stop", 409, "refused", new SpecError("Instance/db-0", "", "is gone", "look"));
        Run run = await Executable.RunAsync(controller.Socket, "vm", "stop", "db-0");
        Assert.Equal(1, run.Exit);
        Assert.StartsWith("error: Instance/db-0\n  reason: is gone\n  remedy: look\n", run.Error);
    }

    [Fact]
    public async Task Waiting_ends_when_the_object_is_as_wished()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("POST /v1/apply", Created, ApiJson.Default.ApplyResult);
        Settle(controller, afterLooks: 3);
        Run run = await Executable.RunAsync(controller.Socket, Document, 120, "apply", "-f", "-", "--wait");
        Assert.Equal(0, run.Exit);
        Assert.Contains("VirtualMachine/db-0: waiting: starting (on n3)", run.Error);
        Assert.Contains("VirtualMachine/db-0: done after", run.Error);
    }

    [Fact]
    public async Task Waiting_too_long_ends_with_four_and_says_what_was_lacking()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("POST /v1/apply", Created, ApiJson.Default.ApplyResult);
        Settle(controller, afterLooks: int.MaxValue);
        Run run = await Executable.RunAsync(
            controller.Socket, Document, 120, "apply", "-f", "-", "--wait", "--timeout", "300ms");
        Assert.Equal(4, run.Exit);
        Assert.Contains("reason: did not come true within 300ms: starting (on n3)", run.Error);
    }

    [Fact]
    public async Task A_restart_is_over_only_when_the_instance_started_anew()
    {
        await using FakeController controller = await FakeController.StartAsync();
        int looks = 0;
        InstanceView old = Samples.Instance("db-0", "ready", "n3", 100);
        controller.Answer(
            "POST /v1/instances/db-0/restart", Order("Instance/db-0", "restarts"), ApiJson.Default.OrderAnswer);
        controller.Answer("GET /v1/instances/db-0", context => context.Response.WriteAsJsonAsync(
            looks++ < 3 ? old : old with { StartedAt = Samples.Ago(1) }, ApiJson.Default.InstanceView));
        Run run = await Executable.RunAsync(controller.Socket, "vm", "restart", "db-0", "--wait");
        Assert.Equal((0, "Instance/db-0: restarts\n"), (run.Exit, run.Out));
        Assert.Contains("not restarted yet", run.Error);
    }

    [Fact]
    public async Task Scale_sends_role_and_count()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer(
            "POST /v1/services/shop/scale", Order("Service/shop", "web: 2 -> 3"), ApiJson.Default.OrderAnswer);
        Run run = await Executable.RunAsync(controller.Socket, "service", "scale", "shop", "web", "3");
        Assert.Equal(0, run.Exit);
        Assert.Equal("{\"role\":\"web\",\"instances\":3}", Assert.Single(controller.Asked).Body);
    }

    [Fact]
    public async Task Confirming_a_death_needs_the_boot_id_and_tells_which_it_is()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("GET /v1/nodes/n1", Samples.Node("n1", "r1", "lost"), ApiJson.Default.NodeView);
        controller.Answer(
            "POST /v1/nodes/n1/confirm-dead", Order("Node/n1", "counts as dead"), ApiJson.Default.OrderAnswer);

        Run asked = await Executable.RunAsync(controller.Socket, "node", "confirm-dead", "n1");
        Assert.Equal(2, asked.Exit);
        Assert.Contains("--boot-id boot-of-n1", asked.Error);
        Assert.DoesNotContain(controller.Asked, each => each.Call.StartsWith("POST"));

        Run given = await Executable.RunAsync(
            controller.Socket, "node", "confirm-dead", "n1", "--boot-id", "boot-of-n1");
        Assert.Equal(0, given.Exit);
        Assert.Equal("{\"bootId\":\"boot-of-n1\"}", controller.Asked.Last().Body);
    }

    [Fact]
    public async Task A_deleted_machine_is_waited_for_until_its_instance_is_gone()
    {
        await using FakeController controller = await FakeController.StartAsync();
        int looks = 0;
        controller.Answer(
            "DELETE /v1/objects/VirtualMachine/db-0",
            new ApplyResult
            {
                Objects = [new("VirtualMachine", "db-0", ApplyOutcome.Removed, 0, [], "db-0 is shut down")],
            },
            ApiJson.Default.ApplyResult);
        controller.Answer("GET /v1/instances/db-0", context => looks++ < 2
            ? context.Response.WriteAsJsonAsync(
                Samples.Instance("db-0", "stopping", "n3", 1), ApiJson.Default.InstanceView)
            : FakeController.AbsentAsync(context, "Instance/db-0"));

        Run run = await Executable.RunAsync(controller.Socket, "vm", "delete", "db-0", "--wait");

        Assert.Equal((0, "VirtualMachine/db-0 removed: db-0 is shut down\n"), (run.Exit, run.Out));
        Assert.Contains("VirtualMachine/db-0: waiting: db-0 stopping", run.Error);
        Assert.Equal(3, looks);
    }

    [Fact]
    public async Task What_waits_for_a_restart_is_told_when_all_else_is_done()
    {
        await using FakeController controller = await FakeController.StartAsync();
        ObjectView settled = Samples.Object("VirtualMachine", "db-0", "ready", true);
        controller.Answer("POST /v1/apply", Created, ApiJson.Default.ApplyResult);
        controller.Answer(
            "GET /v1/objects/VirtualMachine/db-0",
            settled with
            {
                Status = settled.Status with
                {
                    Conditions =
                    [
                        new(
                            ConditionView.PendingRestart, "true", "started", "memory: only from its next start on",
                            null),
                    ],
                },
            },
            ApiJson.Default.ObjectView);

        Run run = await Executable.RunAsync(controller.Socket, Document, 120, "apply", "-f", "-", "--wait");

        Assert.Equal(0, run.Exit);
        Assert.Matches("done after .* s, but memory: only from its next start on\n", run.Error);
    }

    private static void Settle(FakeController controller, int afterLooks)
    {
        int looks = 0;
        controller.Answer("GET /v1/objects/VirtualMachine/db-0", context => context.Response.WriteAsJsonAsync(
            Samples.Object("VirtualMachine", "db-0", looks < afterLooks ? "starting" : "ready", looks++ >= afterLooks),
            ApiJson.Default.ObjectView));
    }

    private static OrderAnswer Order(string subject, string message) => new(subject, message, 41);
}
