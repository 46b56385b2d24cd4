using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Cli.Tests;

/// <summary>Before and after a planned stop of the controller.</summary>
public sealed class ControllerVerbTests
{
    private static readonly OrderAnswer Granted = new("Cluster/lab", "long lease 3-1 of 30 min is granted", 42);

    private static LongLeaseView Lease(string state, params LongLeaseNodeView[] missing) => new()
    {
        Name = "3-1",
        State = state,
        Message = "operator grants every node a long lease of 30 min",
        LengthSeconds = 1800,
        GrantedAt = new Moment(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero), 5),
        Ends = new DateTimeOffset(2026, 6, 1, 12, 30, 0, TimeSpan.Zero),
        NoProofUntil = new DateTimeOffset(2026, 6, 1, 12, 31, 45, TimeSpan.Zero),
        Holding = ["n1", "n2"],
        Missing = [.. missing],
    };

    [Fact]
    public async Task Hold_waits_for_every_node_that_speaks_and_names_those_that_are_silent()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("POST /v1/controller/hold", Granted, ApiJson.Default.OrderAnswer);
        var looks = 0;
        controller.Answer("GET /v1/status", context => context.Response.Body.WriteAsync(
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                Samples.Status with
                {
                    LongLease = ++looks < 3
                        ? Lease("granted", new("n3", true), new("n4", false))
                        : Lease("granted", new LongLeaseNodeView("n4", false)),
                },
                ApiJson.Default.ClusterStatusView)).AsTask());

        Run run = await Executable.RunAsync(controller.Socket, "controller", "hold", "--for", "30m", "--wait");

        Assert.Equal((0, "Cluster/lab: long lease 3-1 of 30 min is granted\n"), (run.Exit, run.Out));
        Assert.Contains("waiting: n3 must yet have said that it holds it", run.Error);
        Assert.Contains("warning: Node/n4: is silent and has not said that it holds it", run.Error);
        Assert.Equal(("POST /v1/controller/hold", """{"seconds":1800}"""), controller.Asked.First());
    }

    [Fact]
    public async Task Release_that_is_not_acknowledged_in_time_ends_with_4_and_names_who_has_not()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("POST /v1/controller/release", Granted, ApiJson.Default.OrderAnswer);
        controller.Answer(
            "GET /v1/status", Samples.Status with { LongLease = Lease("ending", new LongLeaseNodeView("n3", true)) },
            ApiJson.Default.ClusterStatusView);

        Run run = await Executable.RunAsync(controller.Socket, "controller", "release", "--wait", "--timeout", "1s");

        Assert.Equal(4, run.Exit);
        Assert.Contains("n3 must yet have acknowledged its end", run.Error);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("30")]
    [InlineData("2147483647h")]
    public async Task A_length_that_is_no_time_is_bad_input_and_nothing_is_asked(string length)
    {
        await using FakeController controller = await FakeController.StartAsync();

        Run run = await Executable.RunAsync(controller.Socket, "controller", "hold", "--for", length);

        Assert.Equal(2, run.Exit);
        Assert.Empty(controller.Asked);
    }

    [Fact]
    public async Task A_length_out_of_bounds_is_the_controllers_to_refuse_and_bad_input()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Refuse(
            "POST /v1/controller/hold", 400, "invalid",
            new SpecError("Cluster/lab", "for", "25 h is out of bounds", "write 60 s to 24 h"));

        Run run = await Executable.RunAsync(controller.Socket, "controller", "hold", "--for", "25h");

        Assert.Equal(2, run.Exit);
        Assert.Contains("write 60 s to 24 h", run.Error);
    }

    [Fact]
    public async Task Status_shows_it_with_its_end_and_who_lacks_it()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer(
            "GET /v1/status", Samples.Status with { LongLease = Lease("granted", new LongLeaseNodeView("n4", false)) },
            ApiJson.Default.ClusterStatusView);

        Run run = await Executable.RunAsync(controller.Socket, "status");

        Assert.Contains("3-1, ends 2026-06-01 12:30:00Z, held by 2 nodes, not by n4 (silent)", run.Out);
        Assert.Contains("none before 2026-06-01 12:31:45Z", run.Out);
    }
}
