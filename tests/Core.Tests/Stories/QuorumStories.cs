using Havm.Core.Changes;
using Havm.Core.Guards;
using Havm.Core.Lifecycle;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 5.7 and SAFETY 9: automation never takes away the vote that a quorum group needs.</summary>
public sealed class QuorumStories
{
    private static readonly InstanceName A = new("a");

    /// <summary>Three voters on nodes of their own, and one node more; "b" is stopped by order.</summary>
    private static Story Weakened(int witness = 0, params SpecObject[] more)
    {
        var story = Story.Of(4, 1).With(
            [
                DependencyStories.Vm("a"), DependencyStories.Vm("b"), DependencyStories.Vm("c"),
                StorySpecs.Of("apart", new PlacementRuleSpec { Apart = [new("a"), new("b"), new("c")] }),
                Group(witness, "a", "b", "c"), .. more,
            ]);
        story.Order(id => new InstanceOrder(id, new InstanceName("b"), InstanceVerb.Stop, "ann"));
        story.Until(() => InstanceMachine.PhaseOf(story.Cluster, story.Instance("b")) == InstancePhase.Stopped);
        return story;
    }

    private static SpecObject Group(int witness, params string[] members) => StorySpecs.Of("db", new QuorumGroupSpec
    {
        Members = [.. members.Select(member => new Voter(new InstanceName(member)))], WitnessVotes = witness,
    });

    [Fact]
    public void A_drain_leaves_a_voter_whose_group_needs_it_until_the_other_votes_again()
    {
        var story = Weakened();
        var home = story.Home("a");

        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Run(30);
        var held = Assert.Single(story.Last.Held);
        Assert.Equal("disruptionGuard", held.Guard.Code);
        Assert.StartsWith(
            "quorum group db would have 1 of 3 votes without a, and needs 2 (b is stopped): a moves once that is over",
            held.Guard.Message, StringComparison.Ordinal);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);

        story.Order(id => new InstanceOrder(id, new InstanceName("b"), InstanceVerb.Start, "ann"));
        story.Until(() => story.IsReady("b") && story.IsElsewhere("a", home) && story.IsReady("a"));
    }

    [Fact]
    public void A_move_that_a_person_orders_is_made_all_the_same()
    {
        var story = Weakened();
        var to = story.Hosts.Values.First(host => !story.Ledger.Instances.Touching(host.Name).Any());

        Assert.Empty(story.Order(id => new MoveOrder(id, A, to.Name, "ann")).Errors);
        story.Until(() => story.IsReady("a") && story.SeatOf("a")!.Node == to.Name);
    }

    [Fact]
    public void The_votes_of_a_witness_count()
    {
        var story = Weakened(witness: 2);
        var home = story.Home("a");

        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));
    }

    [Fact]
    public void A_group_without_a_majority_has_nothing_to_lose()
    {
        var story = Weakened();
        story.Order(id => new InstanceOrder(id, new InstanceName("c"), InstanceVerb.Stop, "ann"));
        story.Until(() => InstanceMachine.PhaseOf(story.Cluster, story.Instance("c")) == InstancePhase.Stopped);
        var home = story.Home("a");

        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));
    }

    [Fact]
    public void A_voter_whose_guest_is_not_ready_is_heard_by_the_others_and_counts_for_none_of_what_is_left()
    {
        var story = Weakened();
        var home = story.Home("a");
        story.Home("c").NeverReady = true;
        story.Order(id => new InstanceOrder(id, new InstanceName("c"), InstanceVerb.Restart, "ann"));
        story.Until(() => InstanceMachine.PhaseOf(story.Cluster, story.Instance("c")) == InstancePhase.Running);

        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Run(30);
        Assert.StartsWith(
            "quorum group db would have 0 of 3 votes without a, and needs 2 (b is stopped, c is not ready): a moves",
            Assert.Single(story.Last.Held).Guard.Message, StringComparison.Ordinal);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void What_is_bound_to_a_voter_that_stays_is_not_moved_away_alone()
    {
        var story = Weakened(0, StorySpecs.Vm("x"), StorySpecs.Of("pair", new PlacementRuleSpec
        {
            Together = [new("a"), new("x")],
        }));
        var home = story.Home("a");
        Assert.Equal(home.Name, story.SeatOf("x")!.Node);

        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Run(60);
        Assert.Equal(0, story.Count<MoveBegun>());
        Assert.True(story.IsReady("x"));

        story.Order(id => new InstanceOrder(id, new InstanceName("b"), InstanceVerb.Start, "ann"));
        story.Until(() => story.IsElsewhere("a", home) && story.IsElsewhere("x", home), limit: 120);
    }

    [Fact]
    public void A_member_in_people_s_hands_counts_as_its_host_tells()
    {
        var story = Weakened();
        story.Order(id => new InstanceOrder(id, new InstanceName("b"), InstanceVerb.Start, "ann"));
        story.Until(() => story.IsReady("b"));
        story.Order(id => new InstanceOrder(id, new InstanceName("c"), InstanceVerb.Unmanage, "ann"));
        var home = story.Home("a");

        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));
    }

    [Fact]
    public void Voters_that_go_as_one_take_all_their_votes_along()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a"), StorySpecs.Vm("b"), StorySpecs.Vm("c"),
            StorySpecs.Of("pair", new PlacementRuleSpec { Together = [new("a"), new("b")] }), Group(0, "a", "b", "c"));

        story.Order(id => new DrainOrder(id, story.Home("a").Name, true, "ann"));
        story.Run(30);

        Assert.Equal(0, story.Count<MoveBegun>());
        Assert.Contains(story.Last.Held, held => held.Guard.Message.Contains("there are more"));
    }

    [Fact]
    public void A_member_that_nobody_asks_for_is_refused_and_an_even_number_of_votes_is_told()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"));

        var error = Assert.Single(story.Apply(Group(0, "a", "x")).Errors);
        Assert.Equal("spec.members[1].instance", error.Field);
        var even = story.Apply(Group(0, "a", "b"));
        Assert.Contains("2 votes need 2 for a majority", Assert.Single(even.Warnings).Message);
        Assert.Empty(story.Apply(Group(1, "a", "b")).Warnings);
    }

    [Fact]
    public void Voters_that_a_rule_binds_to_one_node_are_told_where_no_majority_is_left_without_them()
    {
        var story = Story.Of(3, 1).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"), StorySpecs.Vm("c"));
        var pair = StorySpecs.Of("pair", new PlacementRuleSpec { Together = [new("a"), new("b")] });

        Assert.Empty(story.Apply(Group(0, "a", "b", "c")).Warnings);
        Assert.Contains("a and b are bound to one node, and QuorumGroup/db has no majority without them",
            Assert.Single(story.Apply(pair).Warnings).Message);
        story.Delete("PlacementRule/pair");
        Assert.Empty(story.Apply(Group(2, "a", "b", "c")).Warnings);
        Assert.Empty(story.Apply(pair).Warnings);
        Assert.Contains("a and b are bound", Assert.Single(story.Apply(Group(0, "a", "b", "c")).Warnings).Message);
    }
}
