using Havm.Wire.Api;

namespace Havm.Cli.Tests;

/// <summary>The word of whoever works on a guest from outside.</summary>
public sealed class BusyVerbTests
{
    private static readonly OrderAnswer Done = new("Instance/db-0", "is busy (backup) until noon", 42);

    [Fact]
    public async Task A_mark_is_sent_with_its_length_and_what_is_done()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("POST /v1/instances/db-0/busy", Done, ApiJson.Default.OrderAnswer);

        Run named = await Executable.RunAsync(
            controller.Socket, "vm", "busy", "db-0", "--for", "30m", "--why", "backup");
        Run bare = await Executable.RunAsync(controller.Socket, "vm", "busy", "db-0", "--for", "2h");

        Assert.Equal((0, "Instance/db-0: is busy (backup) until noon\n"), (named.Exit, named.Out));
        Assert.Equal(0, bare.Exit);
        Assert.Equal(
            ["""{"seconds":1800,"why":"backup"}""", """{"seconds":7200}"""],
            controller.Asked.Select(asked => asked.Body));
    }

    [Fact]
    public async Task Its_end_is_sent_as_such()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("DELETE /v1/instances/db-0/busy", Done, ApiJson.Default.OrderAnswer);

        Run run = await Executable.RunAsync(controller.Socket, "vm", "busy", "db-0", "--over");

        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.Single(controller.Asked);
    }

    [Theory]
    [InlineData("neither --for nor --over")]
    [InlineData("not a time", "--for", "soon")]
    [InlineData("write one of them", "--for", "30m", "--over")]
    [InlineData("leave one of them out", "--over", "--why", "backup")]
    public async Task What_makes_no_sense_is_told_before_anything_is_sent(string why, params string[] words)
    {
        await using FakeController controller = await FakeController.StartAsync();

        Run run = await Executable.RunAsync(controller.Socket, ["vm", "busy", "db-0", .. words]);

        Assert.Equal(2, run.Exit);
        Assert.Contains(why, run.Error);
        Assert.Empty(controller.Asked);
    }

    [Fact]
    public async Task The_list_says_who_is_busy_of_those_that_run()
    {
        await using FakeController controller = await FakeController.StartAsync();
        ConditionView busy = new(ConditionView.Busy, "true", "marked", "ann marked it busy (backup)", null);
        controller.Answer(
            "GET /v1/instances",
            Samples.Instances with
            {
                Items =
                [
                    Samples.Instance("db-0", "waiting", null, null) with { Conditions = [busy] },
                    Samples.Instance("db-1", "ready", "n4", 3690) with { Conditions = [busy] },
                ],
            },
            ApiJson.Default.ListViewInstanceView);

        string[] lines = (await Executable.RunAsync(controller.Socket, "", 200, "vm", "list")).Out.Split('\n');

        Assert.DoesNotContain("busy", lines.Single(line => line.StartsWith("db-0")));
        Assert.Contains("busy (backup)", lines.Single(line => line.StartsWith("db-1")));
    }
}
