using Havm.Core.Guards;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SAFETY 9: when automation suspects itself.</summary>
public sealed class GuardStories
{
    [Fact]
    public void When_more_than_a_third_in_two_racks_fall_silent_nothing_is_concluded_from_silence()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        foreach (var name in (string[])["n1", "n3", "n5"])
        {
            story.Host(name).Cut = true;
        }

        story.Run(30);

        Assert.All(story.Hosts.Values, h => Assert.Equal(NodePhase.Up, story.PhaseOf(h)));
        Assert.Contains(story.Last.Held, h => h.Guard.Code == "partitionGuard");
        Assert.Empty(story.Ledger.Incidents);
    }

    [Fact]
    public void One_whole_rack_of_three_is_judged()
    {
        var story = Story.Of(3, 2);
        story.Host("n1").Cut = true;
        story.Host("n2").Cut = true;

        story.Run(6);

        Assert.Equal(NodePhase.Lost, story.Node("n1").Phase);
        Assert.Equal(NodePhase.Lost, story.Node("n2").Phase);
    }

    [Fact]
    public void Nodes_whose_BMC_says_Off_are_recovered_however_many_there_are()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        var survivor = story.Hosts.Values.First(h => h != home);
        foreach (var host in story.Hosts.Values.Where(h => h != survivor))
        {
            host.PowerOff();
        }

        story.Until(() => story.IsElsewhere("a", home), 10);

        Assert.Equal(survivor.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void What_the_partition_guard_holds_is_concluded_as_soon_as_fewer_are_silent()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        foreach (var name in (string[])["n1", "n3", "n5"])
        {
            story.Host(name).Cut = true;
        }

        story.Run(30);
        story.Host("n3").Cut = false;
        story.Host("n5").Cut = false;
        story.Run(2);

        Assert.Equal(NodePhase.Lost, story.Node("n1").Phase);
    }

    [Fact]
    public void An_operator_may_confirm_what_the_partition_guard_holds()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");
        foreach (var host in story.Hosts.Values.Where(h => h == home || h.Name.Value is "n3" or "n5" or "n1").ToList())
        {
            host.Cut = true;
            host.Bmc = BmcMood.Dead;
        }

        story.Run(10);
        home.PowerOff();

        Assert.Empty(story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann")).Errors);
        story.Until(() => story.IsElsewhere("a", home));
    }

    [Fact]
    public void No_more_nodes_are_fenced_in_ten_minutes_than_one_rack_holds()
    {
        var story = Story.Of(4, 2);
        story.With([.. Enumerable.Range(0, 16).Select(i => StorySpecs.Vm($"vm{i}"))]);
        foreach (var name in (string[])["n1", "n3", "n5"])
        {
            var host = story.Host(name);
            host.Bmc = BmcMood.Lazy;
            host.Cut = true;
            story.Sighted(host, 6);
            story.Run(20);
            host.Bmc = BmcMood.Honest;
            story.Run(20);
        }

        Assert.Equal(2, story.Changes.Count(c => c.Change is Havm.Core.Changes.FenceOrdered));
        Assert.Contains(story.Last.Held, h => h.Guard.Code == "fenceRateGuard");

        story.WallShift = TimeSpan.FromHours(1);
        story.Run(5);
        Assert.Equal(2, story.Changes.Count(c => c.Change is Havm.Core.Changes.FenceOrdered));

        story.Run(620);
        Assert.Equal(3, story.Changes.Count(c => c.Change is Havm.Core.Changes.FenceOrdered));
    }

    /// <summary>A controller is back minutes later, and its clock is an hour ahead of the one before.</summary>
    [Fact]
    public void The_next_leader_counts_on_from_the_age_of_a_fence_on_record_whatever_its_clock_says()
    {
        var story = Story.Of(4, 1);
        story.With([.. Enumerable.Range(0, 8).Select(i => StorySpecs.Vm($"vm{i}"))]);
        story.WallShift = TimeSpan.FromHours(-1);
        Cut("n1");
        story.Run(245);

        story.WallShift = TimeSpan.Zero;
        story.RestartController();
        story.Run(60);
        Cut("n2");
        Assert.Contains(story.Last.Held, h => h.Guard.Code == "fenceRateGuard");
        Assert.Equal(1, Fences());

        // Four of the ten minutes were on record when the first controller ended.
        story.Run(240);
        Assert.Equal(1, Fences());
        story.Run(30);
        Assert.Equal(2, Fences());

        void Cut(string name)
        {
            var host = story.Host(name);
            host.Bmc = BmcMood.Lazy;
            host.Cut = true;
            story.Sighted(host, 6);
            story.Run(20);
            host.Bmc = BmcMood.Honest;
            story.Run(20);
        }

        int Fences() => story.Changes.Count(c => c.Change is Havm.Core.Changes.FenceOrdered);
    }

    [Fact]
    public void The_census_counts_neither_nodes_that_are_proven_off_nor_those_that_were_never_heard()
    {
        var story = Story.Of(3, 2);
        story.Host("n1").PowerOff();
        story.Run(5);
        Assert.Empty(story.Apply(StorySpecs.Node("n9", "r1")).Errors);
        story.Host("n2").Cut = true;
        story.Run(5);

        Assert.Equal(new Census(6, 1, 1), Census.Of(story.Cluster, story.Now));
    }
}
