using System.Text.Json.Nodes;
using Havm.Wire.Api;
using Microsoft.AspNetCore.Http;

namespace Havm.Cli.Tests;

public sealed class ShowTests
{
    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(140)]
    public async Task Every_table_fits_the_terminal_and_keeps_a_row_on_a_line(int columns)
    {
        await using FakeController controller = await CrowdedAsync();
        string[] verbs =
        [
            "node list", "vm list", "service list", "service show shop", "incident list", "status", "vm explain db-0",
            "report",
        ];
        foreach (string verb in verbs)
        {
            Run run = await Executable.RunAsync(controller.Socket, "", columns, verb.Split(' '));
            Assert.Equal((0, ""), (run.Exit, run.Error));
            Assert.All(
                run.Lines, line => Assert.True(line.Length <= columns, $"{verb}: {line.Length} columns: {line}"));
        }
    }

    [Fact]
    public async Task Vm_list_shows_phase_node_and_when_it_was_confirmed()
    {
        await using FakeController controller = await CrowdedAsync();
        Run run = await Executable.RunAsync(controller.Socket, "vm", "list");

        Assert.StartsWith("NAME", run.Lines[0]);
        Assert.Contains("CONFIRMED", run.Lines[0]);
        Assert.Matches(@"^db-0 +waiting +- ", run.Lines[1]);
        Assert.Matches(@"^shop-web-1 +ready +n4 .*0\.4 s ago", run.Lines[3]);
        Assert.DoesNotContain('\e', run.Out);
    }

    [Theory]
    [InlineData("node show n1", "2026-03-04 05:06:34Z (5.2 s ago)")]
    [InlineData("node show n1", "- bmc: power off, read 0.8 s ago")]
    [InlineData("vm show shop-web-1", "2026-03-04 04:05:10Z (61 min ago)")]
    [InlineData("vm show shop-web-1", "0.25 CPU, 73 MiB, as last measured")]
    [InlineData("vm explain db-0", "needs 112 MiB, has 64 MiB free")]
    [InlineData("vm explain db-0", "BMC Off, or lease end in 12 s")]
    [InlineData("incident show inc-7", "8.01 s")]
    [InlineData("incident show inc-7", "released by: the lock is let go")]
    [InlineData("report", "3 that nobody ordered, the longest 24 s; by layer: 1 guest, 2 node")]
    [InlineData("report", "1.83 to 59.8 with 90 % confidence, a wide range")]
    [InlineData("report", "before that nothing is known")]
    [InlineData("report", "and 3 more: -o wide lists all")]
    [InlineData("report --days 7 -o wide", "shop-web-11")]
    [InlineData("report -o markdown", "| INSTANCE | AVAILABLE |")]
    [InlineData("report -o json", "\"annualInterruptionRate\": 35.94")]
    [InlineData("incident show inc-7", "Decided by:    controller c-1, epoch 3")]
    [InlineData("incident show inc-7", "nodeFailed, layer 6 (node)")]
    [InlineData("incident show inc-7", "- kept of shop-web-0 on n1: /var/lib/havm/evidence/shop-web-0/7/screen.png")]
    [InlineData("incident show inc-7", "fenceOrdered, held by fenceRateGuard for 1.00 s")]
    [InlineData("incident show inc-7 -o markdown", "## What was held meanwhile")]
    [InlineData("incident show inc-7 -o markdown", "| INSTANCE | WAY | OUTCOME |")]
    [InlineData("incident show inc-7 -o markdown", "- **Decided by:** controller c-1, epoch 3")]
    [InlineData("vm explain db-0", "spread x 200: no other of its set in r2")]
    [InlineData("status", "epoch 3")]
    [InlineData("status", "Recording:     12 MiB of 64 MiB")]
    [InlineData("status", "Cordoned:      n6")]
    [InlineData("status", "n5: datastore a takes more than 500 ms (since 90 s ago)")]
    [InlineData("node list", "up, cordoned")]
    [InlineData("node list", "up, ailing")]
    [InlineData("status", "remedy: give it a BMC, or isolation pause")]
    [InlineData("get vm db-0", "memory: 96MiB")]
    public async Task A_page_holds_what_a_person_asks_for(string command, string text)
    {
        await using FakeController controller = await CrowdedAsync();
        Run run = await Executable.RunAsync(controller.Socket, command.Split(' '));
        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.Contains(text, run.Out);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(140)]
    public async Task The_page_of_an_incident_draws_its_phases_one_after_the_other_within_the_terminal(int columns)
    {
        await using FakeController controller = await CrowdedAsync();
        Run run = await Executable.RunAsync(controller.Socket, "", columns, "incident", "show", "inc-7");

        string[] drawn = [.. run.Lines.Where(line => line.Contains('█'))];
        Assert.All(run.Lines.Where(line => !line.Contains("/evidence/")), line => Assert.True(line.Length <= columns));
        Assert.Equal(["detect", "fence", "start"], drawn.Select(line => line.Trim().Split(' ')[0]));
        Assert.InRange(drawn[1].IndexOf('█') - drawn[0].LastIndexOf('█'), 1, 2);
        Assert.Equal(5.0 / 4.12, drawn[1].Count(c => c == '█') / (double)drawn[0].Count(c => c == '█'), 0.1);
    }

    [Fact]
    public async Task A_list_of_incidents_asks_for_what_the_filters_say()
    {
        await using FakeController controller = await CrowdedAsync();
        controller.Answer(
            "GET /v1/incidents?open=true&since=2026-03-04T00%3A00%3A00.0000000%2B00%3A00&node=n1&kind=nodeFailed"
                + "&layer=node",
            Samples.List(Samples.Incident), ApiJson.Default.ListViewIncidentView);

        Run run = await Executable.RunAsync(
            controller.Socket, "incident", "list", "--open", "--since", "2026-03-04", "--node", "n1", "--kind",
            "nodeFailed", "--layer", "node");

        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.StartsWith("inc-7", run.Lines[1]);
    }

    [Fact]
    public async Task A_report_of_days_and_of_a_date_at_once_is_refused_before_anybody_is_asked()
    {
        Run run = await Executable.RunAsync("/nowhere", "report", "--days", "7", "--since", "2026-03-04");

        Assert.Equal(2, run.Exit);
        Assert.Contains("exclude each other", run.Error);
    }

    [Fact]
    public async Task A_time_that_is_none_is_refused_before_anybody_is_asked()
    {
        Run run = await Executable.RunAsync("/nowhere", "incident", "list", "--since", "yesterday");

        Assert.Equal(2, run.Exit);
        Assert.Contains("neither a date like", run.Error);
    }

    [Fact]
    public async Task What_is_as_wished_needs_no_reason_in_a_list()
    {
        await using FakeController controller = await CrowdedAsync();
        Run run = await Executable.RunAsync(controller.Socket, "", 400, "vm", "list");
        Assert.DoesNotContain("fewest of its set in rack r4", run.Out);
        Assert.Contains("fewest of its set in rack r3", run.Out);
        Assert.Contains("memory: only from its next start on", run.Out);
    }

    [Fact]
    public async Task Evidence_stands_under_its_reason_without_a_label_of_its_own()
    {
        await using FakeController controller = await CrowdedAsync();
        Run run = await Executable.RunAsync(controller.Socket, "node", "show", "n1");
        Assert.Contains("\n               - bmc: power off", run.Out);
    }

    [Fact]
    public async Task Json_is_the_controllers_answer_with_every_field()
    {
        await using FakeController controller = await CrowdedAsync();
        Run run = await Executable.RunAsync(controller.Socket, "node", "list", "-o", "json");
        JsonNode list = JsonNode.Parse(run.Out)!;
        Assert.Equal(41, (int)list["atEvent"]!);
        Assert.Equal("boot-of-n6", (string)list["items"]![5]!["bootId"]!);
        Assert.Equal(0.4, (double)list["items"]![5]!["confirmed"]!["ageSeconds"]!);
    }

    [Fact]
    public async Task Yaml_of_a_list_is_one_document_each_that_can_be_applied_again()
    {
        await using FakeController controller = await CrowdedAsync();
        Run run = await Executable.RunAsync(controller.Socket, "get", "vms", "-o", "yaml");
        var (objects, errors) = Havm.Specs.SpecParser.Parse(run.Out, "shown");
        Assert.Empty(errors);
        Assert.Equal(["VirtualMachine/db-0", "VirtualMachine/db-1"], objects.Select(o => o.Key.ToString()));
        Assert.Equal("on", objects[0].Metadata.Labels["tier"]);
    }

    [Fact]
    public async Task Watching_without_a_terminal_prints_anew_only_when_something_changed()
    {
        await using FakeController controller = await CrowdedAsync();
        using var process = Executable.Start(controller.Socket, 120, "vm", "list", "--watch", "-o", "json");
        string first = (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!;
        ListView<InstanceView> changed = Samples.List(Samples.Instance("db-0", "ready", "n3", 1));
        controller.Answer("GET /v1/instances", changed, ApiJson.Default.ListViewInstanceView);
        string second = (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!;
        process.Kill();

        Assert.Equal(4, JsonNode.Parse(first)!["items"]!.AsArray().Count);
        Assert.Equal("ready", (string)JsonNode.Parse(second)!["items"]![0]!["phase"]!);
    }

    [Fact]
    public async Task Unknown_fields_and_missing_lists_of_another_version_do_no_harm()
    {
        await using FakeController controller = await CrowdedAsync();
        controller.Answer("GET /v1/nodes", context => context.Response.WriteAsync(
            """
            {"items":[{"name":"n1","rack":"r1","phase":"up","settled":true,"novel":1}],
            "confirmed":{"at":"2026-03-04T05:06:40Z","ageSeconds":0}}
            """));
        Run run = await Executable.RunAsync(controller.Socket, "node", "list");
        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.StartsWith("n1", run.Lines[1]);
    }

    [Fact]
    public async Task The_repair_report_tells_departures_with_their_evidence_and_what_was_ordered()
    {
        await using FakeController controller = await FakeController.StartAsync();
        var at = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
        controller.Answer("GET /v1/nodes/n1/report", new NodeReportView
        {
            Node = Samples.Node("n1", "r1", "dead") with { Fitness = "outForRepair" },
            Uuid = "4c4c4544-0001",
            Departures =
            [
                new(at, "lost", "boot-1", null, true, "n1 silent for 4.0 s", ["bmc: says Off"], "inc-000007"),
            ],
            Incidents = [new("inc-000007", "nodeFailed", at, "n1 is fenced", "read Off twice", null)],
            Events = [new(at, "powerOnOrdered", "n1 is powered on again (try 1 of 3)")],
            Confirmed = new Moment(at, 0),
        }, ApiJson.Default.NodeReportView);

        Run run = await Executable.RunAsync(controller.Socket, "node", "report", "n1");

        Assert.Equal((0, ""), (run.Exit, run.Error));
        string text = string.Join('\n', run.Lines);
        Assert.All(
            [
                "4c4c4544-0001", "outForRepair", "not back", "bmc: says Off", "inc-000007", "read Off twice",
                "try 1 of 3",
            ],
            word => Assert.Contains(word, text, StringComparison.Ordinal));
    }

    private static async Task<FakeController> CrowdedAsync()
    {
        FakeController controller = await FakeController.StartAsync();
        ObjectView first = Samples.Object("VirtualMachine", "db-0", "waiting", false);
        ObjectView second = Samples.Object("VirtualMachine", "db-1", "ready", true);
        return controller
            .Answer("GET /v1/nodes", Samples.Nodes, ApiJson.Default.ListViewNodeView)
            .Answer("GET /v1/nodes/n1", Samples.Node("n1", "r1", "lost"), ApiJson.Default.NodeView)
            .Answer("GET /v1/instances", Samples.Instances, ApiJson.Default.ListViewInstanceView)
            .Answer("GET /v1/instances/shop-web-1", Samples.Instances.Items[2], ApiJson.Default.InstanceView)
            .Answer("GET /v1/instances/db-0/explain", Samples.Explain, ApiJson.Default.ExplainView)
            .Answer("GET /v1/services", Samples.List(Samples.Service), ApiJson.Default.ListViewServiceView)
            .Answer("GET /v1/services/shop", Samples.Service, ApiJson.Default.ServiceView)
            .Answer("GET /v1/incidents", Samples.List(Samples.Incident), ApiJson.Default.ListViewIncidentView)
            .Answer("GET /v1/incidents/inc-7", Samples.Incident, ApiJson.Default.IncidentView)
            .Answer("GET /v1/report", Samples.Report, ApiJson.Default.ReportView)
            .Answer("GET /v1/report?days=7", Samples.Report, ApiJson.Default.ReportView)
            .Answer("GET /v1/status", Samples.Status, ApiJson.Default.ClusterStatusView)
            .Answer("GET /v1/objects/VirtualMachine/db-0", first, ApiJson.Default.ObjectView)
            .Answer("GET /v1/objects/VirtualMachine", Samples.List(first, second), ApiJson.Default.ListViewObjectView);
    }
}
