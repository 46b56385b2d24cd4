using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// SPEC 4, row 8: a node that does not reach its storage any more, and nodes that ail without being dead.
/// </summary>
public sealed class StorageStories
{
    internal static readonly NodeAilment Fails =
        new(NodeAilmentKind.DatastoreFails, "store", "datastore store cannot be read here");

    [Fact]
    public void What_has_lost_its_disks_moves_to_a_node_that_reaches_them_and_runs_there_once()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"));
        var home = story.Home("a");

        (home.Ailments, home.StorageLost) = ([Fails], true);
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));

        Assert.Equal(MoveCause.Storage, story.Changes.Select(c => c.Change).OfType<MoveBegun>().First().Note.Cause);
        Assert.False(story.Happened("fenceOrdered"));
        Assert.Equal(NodePhase.Up, story.PhaseOf(home));
    }

    [Fact]
    public void With_no_node_to_go_to_it_stays_where_it_is()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Vm("a", memoryMiB: 64));
        var home = story.Home("a");
        story.Order(id => new CordonOrder(id, story.Hosts.Values.First(h => h != home).Name, true, "ann"));

        (home.Ailments, home.StorageLost) = ([Fails], true);
        story.Run(60);

        Assert.Equal(home, story.Home("a"));
        Assert.Equal(0, story.Count<MoveBegun>());
    }

    [Fact]
    public void Storage_that_most_nodes_lose_at_once_is_ill_itself_and_nothing_moves()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        foreach (var host in story.Hosts.Values.Take(3).Append(story.Home("a")))
        {
            (host.Ailments, host.StorageLost) = ([Fails], true);
        }

        story.Run(60);

        Assert.Equal(0, story.Count<MoveBegun>());
        Assert.Equal("storageGuard", Assert.Single(story.Last.Held).Guard.Code);
    }

    [Fact]
    public void Two_members_of_a_set_that_have_lost_their_disks_do_not_wait_for_each_other()
    {
        var story = Story.Of(3, 2).With(
            StorySpecs.Set("pair", faultDomains: 2), StorySpecs.Vm("a", set: "pair"), StorySpecs.Vm("b", set: "pair"));
        var (one, other) = (story.Home("a"), story.Home("b"));

        foreach (var home in (SmallHost[])[one, other])
        {
            (home.Ailments, home.StorageLost) = ([Fails], true);
        }

        story.Until(() => story.IsElsewhere("a", one) && story.IsReady("a"));
        story.Until(() => story.IsElsewhere("b", other) && story.IsReady("b"));
    }

    [Fact]
    public void A_node_without_a_datastore_takes_nothing_whose_disks_lie_there()
    {
        var story = Story.Of(3, 1).With(StorySpecs.Vm("first"));
        story.Host("n1").Ailments = story.Host("n2").Ailments = [Fails];
        story.Until(() => !story.Node("n1").Ailments.IsEmpty && !story.Node("n2").Ailments.IsEmpty);

        story.With(StorySpecs.Vm("a"), StorySpecs.Vm("b"));

        Assert.Equal(["n3", "n3"], new[] { story.Home("a").Name.Value, story.Home("b").Name.Value });
    }

    [Fact]
    public void An_ailment_is_told_once_with_its_beginning_and_once_with_its_end()
    {
        var story = Story.Of(3, 1);
        story.Run(2).Host("n2").Ailments = [Fails];
        story.Run(20);
        Assert.Equal(story.Wall - TimeSpan.FromSeconds(20), Assert.Single(story.Node("n2").Ailments).Since!.Value,
            TimeSpan.FromSeconds(2));
        story.RestartController().Run(10);
        story.Host("n2").Ailments = [];
        story.Run(5);

        Assert.Empty(story.Node("n2").Ailments);
        Assert.Equal((1, 1), (story.Count<AilmentBegan>(), story.Count<AilmentEnded>()));
    }

    [Fact]
    public void A_node_that_is_heard_by_datagram_alone_is_deaf_and_not_lost()
    {
        var story = Story.Of(3, 1).Run(2);
        var host = story.Host("n2");
        host.Cut = true;
        for (var second = 0; second < 8; second++)
        {
            story.Post(new DatagramHeard(host.Name, host.Boot)).Run(1);
        }

        Assert.Equal(NodeAilmentKind.Deaf, Assert.Single(story.Node("n2").Ailments).Kind);
        Assert.Equal(NodePhase.Up, story.PhaseOf(host));
    }
}
