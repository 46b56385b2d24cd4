using Havm.Core.Quorum;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 7: what a group that decides by majority would lose with what, and what would help.</summary>
public sealed class QuorumCheckStories
{
    private static SpecObject Group(int witness, params (string Name, int Votes)[] members) =>
        StorySpecs.Of("db", new QuorumGroupSpec
        {
            Members = [.. members.Select(m => new Voter(new InstanceName(m.Name), m.Votes))], WitnessVotes = witness,
        });

    private static SpecObject Group(int witness, params string[] members) =>
        Group(witness, [.. members.Select(member => (member, 1))]);

    private static SpecObject Vm(string name) => StorySpecs.Vm(name, set: "db");

    /// <summary>Voters where they are put, one group of them; a set with an update domain for each.</summary>
    private static Story Put(int racks, int each, SpecObject group, params (string Name, string Node)[] voters)
    {
        var story = Story.Of(racks, each);
        Assert.Empty(story.Apply(
            [
                StorySpecs.Set("db", 2, 20), .. voters.Select(v => Vm(v.Name)),
                .. voters.Select(v => StorySpecs.Of($"pin-{v.Name}", new PlacementRuleSpec
                {
                    Pin = [new(v.Name)], To = [new PreferredNode(new NodeName(v.Node))], Hard = true,
                })),
            ]).Errors);
        story.Until(() => voters.All(v => story.IsReady(v.Name)));
        story.Delete([.. voters.Select(v => $"PlacementRule/pin-{v.Name}")]);
        Assert.Empty(story.Apply(group).Errors);
        Assert.All(voters, v => Assert.Equal(v.Node, story.SeatOf(v.Name)!.Node.Value));
        return story;
    }

    private static QuorumFinding Check(Story story) => Assert.Single(QuorumAnalysis.Of(story.Cluster, story.Now));

    [Fact]
    public void Three_voters_are_placed_in_three_racks_and_nothing_costs_them_their_majority()
    {
        var story = Story.Of(3, 3);
        Assert.Empty(story.Apply(
            StorySpecs.Vm("a"), StorySpecs.Vm("b"), StorySpecs.Vm("c"), Group(0, "a", "b", "c")).Errors);
        story.Until(() => story.IsReady("a") && story.IsReady("b") && story.IsReady("c"));

        var finding = Check(story);
        Assert.True(finding.OutlivesRacks);
        Assert.Equal((3, 2, 3), (finding.Votes, finding.Majority, finding.Now));
        Assert.Equal(3, finding.Voters.Select(voter => voter.Rack).Distinct().Count());
        Assert.Null(finding.Help);

        // They are in no availability set: a guest update takes them together.
        Assert.False(finding.IsSafe);
        Assert.Contains(QuorumWords.Of(finding), says => says.StartsWith(
            "a guest update of all in no availability set (a, b, c) leaves it 0 of 3 votes", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_voters_in_one_rack_are_told_with_the_one_move_that_helps()
    {
        var story = Put(3, 2, Group(0, "a", "b", "c"), ("a", "n1"), ("b", "n2"), ("c", "n3"));

        var finding = Check(story);
        Assert.False(finding.OutlivesRacks);
        var loss = Assert.Single(finding.Losses, l => l.Kind == LossKind.FaultDomain && l.Left < finding.Majority);
        Assert.Equal(("r1", 1, 1), (loss.Of, loss.Left, loss.LeftNow));
        Assert.Equal(["a and b share rack r1"], finding.Shared);
        var move = Assert.Single(finding.Help!.Moves);
        Assert.Equal(("n1", "r3"), (move.From.Value, move.Rack.Value));
        Assert.Null(finding.Help.WitnessVotes);
        Assert.Equal(
            "the loss or a host update of rack r1 (a, b) leaves it 1 of 3 votes, and it needs 2",
            QuorumWords.Of(finding)[0]);

        Assert.Empty(story.Order(id => new MoveOrder(id, move.Instance, move.To, "ann")).Errors);
        story.Until(() => story.SeatOf(move.Instance.Value)?.Node == move.To && story.IsReady(move.Instance.Value));
        var after = Check(story);
        Assert.True(after.OutlivesRacks && after.IsSafe);
        Assert.Empty(QuorumWords.Of(after));
    }

    [Fact]
    public void On_two_racks_it_says_how_many_votes_a_witness_outside_has_to_have()
    {
        var story = Put(2, 2, Group(0, "a", "b", "c"), ("a", "n1"), ("b", "n2"), ("c", "n3"));
        var help = Check(story).Help!;
        Assert.Equal(2, help.WitnessVotes);
        Assert.Empty(help.Moves);
        Assert.Contains("with a witness of 2 votes in another fault domain or region", help.Message);

        Assert.Empty(story.Apply(Group(2, "a", "b", "c")).Errors);
        Assert.True(Check(story).OutlivesRacks);
    }

    [Fact]
    public void Two_replicas_and_a_witness_in_one_rack_need_a_move()
    {
        var story = Put(2, 2, Group(1, "a", "b"), ("a", "n1"), ("b", "n2"));
        Assert.Equal("r2", Assert.Single(Check(story).Help!.Moves).Rack.Value);
    }

    [Fact]
    public void What_is_down_now_is_counted_beside_what_is_left_when_all_run()
    {
        var story = Put(3, 1, Group(0, "a", "b", "c"), ("a", "n1"), ("b", "n2"), ("c", "n3"));
        Assert.True(Check(story).IsSafe);
        story.Order(id => new InstanceOrder(id, new InstanceName("b"), InstanceVerb.Stop, "ann"));
        story.Until(() => Check(story).Now == 2);

        var finding = Check(story);
        Assert.False(finding.IsSafe);
        Assert.Contains("the loss or a host update of rack r1 (a) leaves it 1 of 3 votes, and it needs 2 while b "
            + "cannot be counted on", QuorumWords.Of(finding));
    }

    [Fact]
    public void A_silent_voter_cannot_be_counted_on_and_may_vote_until_it_is_known_to_be_gone()
    {
        var story = Put(3, 1, Group(0, "a", "b", "c"), ("a", "n1"), ("b", "n2"), ("c", "n3"));
        story.Host("n1").Cut = true;
        story.Host("n2").Cut = true;
        story.Until(() => Check(story).Now == 1);

        var finding = Check(story);
        Assert.True(finding.HasMajority);
        Assert.StartsWith("it may decide nothing now: 1 of 3 votes, and it needs 2 while a and b cannot be counted on",
            QuorumWords.Of(finding)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_voter_that_alone_has_what_the_majority_needs_is_told_at_apply()
    {
        var story = Story.Of(3, 1).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"), StorySpecs.Vm("c"));
        Assert.Contains("with the rack of a it loses 3 votes and its majority",
            Assert.Single(story.Apply(Group(0, ("a", 3), ("b", 1), ("c", 1))).Warnings).Message);
        Assert.Empty(story.Apply(Group(0, "a", "b", "c")).Warnings);
    }

    [Fact]
    public void A_group_that_no_placement_on_its_racks_could_save_is_told_so_at_apply()
    {
        var story = Story.Of(2, 2).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"), StorySpecs.Vm("c"));
        Assert.Contains("on 2 racks some rack's loss costs it its majority",
            Assert.Single(story.Apply(Group(0, "a", "b", "c")).Warnings).Message);
    }

    /// <summary>Against every assignment of voters to racks, on clusters whose nodes take them all.</summary>
    [Fact]
    public void Where_any_placement_outlives_a_rack_one_is_found_and_with_the_fewest_moves()
    {
        for (var seed = 1; seed <= 150; seed++)
        {
            var draw = new Random(seed);
            var (racks, count) = (draw.Next(1, 5), draw.Next(2, 6));
            var votes = Enumerable.Range(0, count).Select(_ => draw.Next(1, 4)).ToArray();
            var witness = draw.Next(0, 3);
            var at = Enumerable.Range(0, count).Select(_ => draw.Next(racks)).ToArray();
            var members = votes.Select((v, i) => ($"v{i}", v)).ToArray();
            var finding = Check(Seated(racks, Group(witness, members), at));

            var total = votes.Sum() + witness;
            var mayLose = total - ((total / 2) + 1);
            var fewest = Fewest(votes, at, racks, mayLose);
            var found = finding.OutlivesRacks ? 0
                : finding.Help is { WitnessVotes: null, Moves: { IsEmpty: false } moves } ? moves.Length : (int?)null;
            Assert.True(fewest == found, $"seed {seed}: {found?.ToString() ?? "none"} found, {fewest} is right");
            if (finding.Help is { WitnessVotes: { } needed } help)
            {
                var more = total - witness + needed;
                Assert.NotNull(Fewest(votes, at, racks, more - ((more / 2) + 1)));
                Assert.Null(Fewest(votes, at, racks, more - 1 - (((more - 1) / 2) + 1)));
                Assert.Equal(Fewest(votes, at, racks, more - ((more / 2) + 1)), help.Moves.Length);
            }
        }
    }

    /// <summary>The fewest voters to move so that no rack holds more than may be lost; null: no moves help.</summary>
    private static int? Fewest(int[] votes, int[] at, int racks, int mayLose)
    {
        int? fewest = null;
        var all = (int)Math.Pow(racks, votes.Length);
        for (var code = 0; code < all; code++)
        {
            var held = new int[racks];
            var (rest, moves) = (code, 0);
            for (var voter = 0; voter < votes.Length; voter++, rest /= racks)
            {
                held[rest % racks] += votes[voter];
                moves += rest % racks == at[voter] ? 0 : 1;
            }

            if (held.Max() <= mayLose && !(moves >= fewest))
            {
                fewest = moves;
            }
        }

        return fewest;
    }

    /// <summary>A picture in which each voter sits in the rack that was drawn for it.</summary>
    private static Story Seated(int racks, SpecObject group, int[] at)
    {
        var story = Story.Of(racks, 1);
        var names = ((QuorumGroupSpec)group.Spec).Members.Select(member => member.Instance).ToList();
        Assert.Empty(story.Apply(
            [
                .. names.Select(name => StorySpecs.Vm(name.Value)),
                .. names.Select((name, i) => StorySpecs.Of($"pin-{name}", new PlacementRuleSpec
                {
                    Pin = [name], To = [new PreferredNode(new NodeName($"n{at[i] + 1}"))], Hard = true,
                })),
            ]).Errors);
        story.Until(() => names.All(name => story.SeatOf(name.Value) is not null));
        story.Delete([.. names.Select(name => $"PlacementRule/pin-{name}")]);
        Assert.Empty(story.Apply(group).Errors);
        return story;
    }
}
