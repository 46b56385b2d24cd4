using Havm.Wire.Api;

namespace Havm.Cli.Tests;

/// <summary>Automation off for a while, and on again.</summary>
public sealed class ArmVerbTests
{
    private static readonly OrderAnswer Done = new("Cluster/lab", "automation is disarmed (freeze)", 42);

    private static DisarmView View(string state, params DisarmNodeView[] missing) => new()
    {
        Mode = "hands-off",
        State = state,
        By = "operator",
        Message = "operator disarms automation",
        Since = new Moment(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero), 5),
        Until = new DateTimeOffset(2026, 6, 1, 14, 0, 0, TimeSpan.Zero),
        Missing = [.. missing],
    };

    [Fact]
    public async Task Disarm_waits_for_every_node_that_speaks_and_names_those_that_are_silent()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("POST /v1/disarm", Done, ApiJson.Default.OrderAnswer);
        var looks = 0;
        controller.Answer("GET /v1/status", context => context.Response.Body.WriteAsync(
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                Samples.Status with
                {
                    Disarm = ++looks < 3
                        ? View("inForce", new("n3", true), new("n4", false))
                        : View("inForce", new DisarmNodeView("n4", false)),
                },
                ApiJson.Default.ClusterStatusView)).AsTask());

        Run run = await Executable.RunAsync(
            controller.Socket, "disarm", "--mode", "freeze", "--for", "2h", "--wait");

        Assert.Equal((0, "Cluster/lab: automation is disarmed (freeze)\n"), (run.Exit, run.Out));
        Assert.Contains("waiting: n3 must yet acknowledge", run.Error);
        Assert.Contains("warning: Node/n4: is silent and has not acknowledged", run.Error);
        Assert.Equal(("POST /v1/disarm", """{"mode":"freeze","seconds":7200}"""), controller.Asked.First());
    }

    [Fact]
    public async Task Status_shows_who_switched_it_off_until_when_and_who_has_not_acknowledged()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer(
            "GET /v1/status", Samples.Status with { Disarm = View("inForce", new DisarmNodeView("n4", false)) },
            ApiJson.Default.ClusterStatusView);

        Run run = await Executable.RunAsync(controller.Socket, "status");

        Assert.Contains("disarmed (hands-off) by operator, until 2026-06-01 14:00:00", run.Out);
        Assert.Contains("n4 (silent)", run.Out);
    }

    [Theory]
    [InlineData("nap", "2h")]
    [InlineData("freeze", "soon")]
    public async Task A_mode_or_time_that_is_none_is_told_before_anything_is_sent(string mode, string length)
    {
        await using FakeController controller = await FakeController.StartAsync();

        Run run = await Executable.RunAsync(controller.Socket, "disarm", "--mode", mode, "--for", length);

        Assert.Equal(2, run.Exit);
        Assert.Empty(controller.Asked);
    }
}
