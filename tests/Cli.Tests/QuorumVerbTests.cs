using System.Text.Json;
using Havm.Wire.Api;

namespace Havm.Cli.Tests;

/// <summary>What `havm quorum check` shows, how it ends, and what `--apply` orders and refuses.</summary>
public sealed class QuorumVerbTests
{
    private static QuorumView Group(string verdict, bool counts = true, params VoterMoveView[] moves) => new()
    {
        Name = "db", Verdict = verdict, Votes = 3, Majority = 2, VotesNow = counts ? 3 : 2,
        Voters =
        [
            new("a", 1, "n1", "r1", "update domain 0 of db", true),
            new("b", 1, "n2", "r1", "update domain 1 of db", counts),
            new("c", 1, "n3", "r2", "update domain 2 of db", true),
        ],
        Losses = [new("faultDomain", "r1", ["a", "b"], 1, 1), new("faultDomain", "r2", ["c"], 2, 2)],
        Says = verdict == "safe" ? [] : ["the loss of rack r1 costs it its majority"],
        Moves = [.. moves], Confirmed = Samples.Ago(0),
    };

    private static VoterMoveView Move => new("a", "n1", "n5", "r3");

    private static InstanceView A(string node, string phase) =>
        Samples.Instance("a", phase, node, null) with { Settled = true };

    [Fact]
    public async Task It_shows_each_group_and_ends_with_one_when_something_can_cost_a_majority()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("GET /v1/quorum", Samples.List(Group("atRisk")), ApiJson.Default.ListViewQuorumView);
        Run run = await Executable.RunAsync(controller.Socket, "quorum", "check");
        Assert.Equal(1, run.Exit);
        Assert.Contains("at risk: one loss or update can cost its majority", run.Out);
        Assert.Contains("the loss of rack r1 costs it its majority", run.Out);

        controller.Answer("GET /v1/quorum", Samples.List(Group("safe")), ApiJson.Default.ListViewQuorumView);
        Assert.Equal(0, (await Executable.RunAsync(controller.Socket, "quorum", "check")).Exit);
        controller.Answer("GET /v1/quorum", Samples.List<QuorumView>(), ApiJson.Default.ListViewQuorumView);
        Run none = await Executable.RunAsync(controller.Socket, "quorum", "check");
        Assert.Equal((0, "There are no quorum groups.\n"), (none.Exit, none.Out));
    }

    [Fact]
    public async Task A_group_that_does_not_exist_is_told_and_nothing_is_moved()
    {
        await using FakeController controller = await FakeController.StartAsync();
        Run run = await Executable.RunAsync(controller.Socket, "quorum", "check", "nobody", "--apply");
        Assert.Equal(1, run.Exit);
        Assert.DoesNotContain(controller.Asked, asked => asked.Call.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Apply_makes_the_move_and_waits_until_what_was_ready_is_ready_there()
    {
        await using FakeController controller = await FakeController.StartAsync();
        var moved = 0;
        var looks = 0;
        controller.Answer("GET /v1/quorum/db", context => JsonSerializer.SerializeAsync(
            context.Response.Body, moved == 0 ? Group("atRisk", true, Move) : Group("safe"),
            ApiJson.Default.QuorumView));
        controller.Answer("GET /v1/instances/a", context => JsonSerializer.SerializeAsync(
            context.Response.Body,
            moved == 0 ? A("n1", "ready") : ++looks < 3 ? A("n5", "running") : A("n5", "ready"),
            ApiJson.Default.InstanceView));
        controller.Answer("POST /v1/instances/a/move", context =>
        {
            moved++;
            return JsonSerializer.SerializeAsync(
                context.Response.Body, new OrderAnswer("Instance/a", "moves", 7), ApiJson.Default.OrderAnswer);
        });

        Run run = await Executable.RunAsync(controller.Socket, "quorum", "check", "db", "--apply");

        Assert.Equal((0, 1, 3), (run.Exit, moved, looks));
        Assert.Contains("Instance/a: moves from n1 to n5 in r3", run.Error);
        Assert.Contains("\"n5\"", Assert.Single(
            controller.Asked, asked => asked.Call.StartsWith("POST", StringComparison.Ordinal)).Body);
    }

    [Fact]
    public async Task Apply_makes_no_move_that_would_cost_the_majority_while_another_voter_is_away()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("GET /v1/quorum/db", Group("atRisk", false, Move), ApiJson.Default.QuorumView);
        Run run = await Executable.RunAsync(controller.Socket, "quorum", "check", "db", "--apply");

        Assert.Equal(1, run.Exit);
        Assert.Contains("would have 1 of 3 votes while a moves, and needs 2", run.Error);
        Assert.Contains("repeat once b can be counted on", run.Error);
        Assert.DoesNotContain(controller.Asked, asked => asked.Call.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Apply_says_which_witness_is_missing_where_moves_alone_do_not_help()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer(
            "GET /v1/quorum/db", Group("atRisk", true, Move) with { WitnessVotes = 2 }, ApiJson.Default.QuorumView);
        Run run = await Executable.RunAsync(controller.Socket, "quorum", "check", "db", "--apply");
        Assert.Equal(1, run.Exit);
        Assert.Contains("write witnessVotes: 2 once there is such a witness", run.Error);
    }
}
