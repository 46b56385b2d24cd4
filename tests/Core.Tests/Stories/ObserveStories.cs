using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>Rules that only observe: decided as always, said once, and not done.</summary>
public sealed class ObserveStories
{
    internal static SpecObject Policy(params AutomationRule[] rules) =>
        StorySpecs.Of("default", new PolicySpec { Observe = [.. rules] });

    private static Story Of(params AutomationRule[] rules) =>
        Story.Of(3, 2).With(Policy(rules), StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));

    /// <summary>The home of "a" has failed for a minute, and fencing only observes.</summary>
    internal static Story Fencing()
    {
        var story = Of(AutomationRule.Fencing);
        var home = story.Home("a");
        home.Cut = true;
        return story.Sighted(home, 6).Run(60);
    }

    /// <summary>From observing to acting.</summary>
    internal static Story LivedThrough()
    {
        var story = Fencing();
        story.Apply(Policy());
        return story.Run(1);
    }

    [Fact]
    public void A_dead_node_is_not_fenced_while_fencing_observes_and_what_it_would_do_is_told_once()
    {
        var story = Of(AutomationRule.Fencing);
        var home = story.Home("a");
        home.Cut = true;
        story.Sighted(home, 6);

        story.Run(120);

        Assert.Equal(NodePhase.Lost, story.PhaseOf(home));
        Assert.Equal(0, story.Sent<PowerOff>());
        Assert.Equal(0, story.Count<FenceOrdered>());
        var held = Assert.Single(story.Last.Held);
        Assert.Equal("observeGuard", held.Guard.Code);
        Assert.Contains("fencing only observes; it would do this", held.Guard.Message);
        Assert.Single(story.Events, e => e.Name == "wouldHaveActed" && e.Subject == $"Node/{home.Name}");
        Assert.Null(Assert.Single(story.OnlyIncident(IncidentKind.NodeFailed).Held).Until);
    }

    [Fact]
    public void A_rule_that_acts_again_does_what_is_still_due_in_the_next_round()
    {
        var story = Fencing();
        var home = story.Home("a");

        story.Apply(Policy());
        story.Run(0.1);

        Assert.Equal(1, story.Sent<PowerOff>(home));
        story.Until(() => story.IsElsewhere("a", home));
        Assert.Contains(story.Events, e => e is { Name: "ruleActs", Subject: "Rule/fencing" });
    }

    [Fact]
    public void What_a_proven_dead_node_ran_stays_where_it_is_while_recovery_observes()
    {
        var story = Of(AutomationRule.Recovery);
        var home = story.Home("a");
        home.PowerOff();

        story.Run(60);

        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        Assert.Single(story.Events, e => e is { Name: "wouldHaveActed", Subject: "Instance/a" });

        story.Apply(Policy());
        story.Until(() => story.IsElsewhere("a", home));
    }

    [Fact]
    public void A_node_that_our_order_switched_off_stays_dark_while_powering_on_observes()
    {
        var story = Of(AutomationRule.PowerOn);
        var home = story.Home("a");
        home.Cut = true;
        story.Sighted(home, 6);

        story.Until(() => story.IsElsewhere("a", home));
        story.Run(60);

        Assert.Equal(0, story.Sent<PowerOn>());
        Assert.Single(story.Events, e => e.Name == "wouldHaveActed" && e.Subject == $"Node/{home.Name}");
        story.Apply(Policy());
        story.Until(() => story.Sent<PowerOn>() == 1);
    }

    [Fact]
    public void Since_when_a_rule_observes_is_on_record_and_outlives_the_controller()
    {
        var story = Of(AutomationRule.Fencing, AutomationRule.Rebalance);
        var since = story.Ledger.Observing.Since[AutomationRule.Fencing];

        story.Run(30);
        story.RestartController();
        story.Run(30);
        story.Apply(Policy(AutomationRule.Fencing));
        story.Run(1);

        Assert.Equal([AutomationRule.Fencing], story.Ledger.Observing.Since.Keys);
        Assert.Equal(since, story.Ledger.Observing.Since[AutomationRule.Fencing]);
        Assert.Equal(2, story.Count<RuleObserves>());
        Assert.Equal(1, story.Count<RuleActs>());
    }

    [Fact]
    public void What_another_guard_holds_is_not_what_would_have_been_done()
    {
        var story = Of(AutomationRule.Fencing);
        foreach (var host in story.Hosts.Values.Take(4))
        {
            host.Cut = true;
        }

        story.Run(60);

        Assert.DoesNotContain(story.Events, e => e.Name == "wouldHaveActed");
        Assert.All(story.Last.Held, held => Assert.Equal("partitionGuard", held.Guard.Code));
    }

    [Fact]
    public void An_order_of_a_person_is_obeyed_whatever_observes()
    {
        var story = Of(Enum.GetValues<AutomationRule>());
        var home = story.Home("a");
        home.Cut = true;
        home.PowerOff();
        story.Run(20);

        Assert.Empty(story.Order(id => new InstanceOrder(id, new InstanceName("a"), InstanceVerb.Stop, "ann")).Errors);

        Assert.Equal(WantedState.Stopped, story.Instance("a").Wanted);
        Assert.Contains(story.Changes, c => c.Change is InstanceOrdered);
    }

    [Fact]
    public void Whether_hosts_repair_in_place_travels_with_the_goal_and_back()
    {
        var story = Of(AutomationRule.Repair);
        Assert.True(story.Instance("a").Machine.Repair.ObserveOnly);

        story.Apply(Policy());
        story.Run(1);

        Assert.False(story.Instance("a").Machine.Repair.ObserveOnly);
    }

    [Fact]
    public void A_power_off_order_that_has_not_left_yet_does_not_leave_once_fencing_observes()
    {
        var story = Of();
        var home = story.Home("a");
        home.Cut = true;
        story.Sighted(home, 6);
        story.Until(() => story.Sent<PowerOff>(home) == 1);
        var order = story.Commands.Select(c => c.Command).OfType<PowerOff>().First();
        Assert.True(Havm.Core.Fencing.FencingDecider.Stands(story.Cluster, order, story.Now));

        story.Apply(Policy(AutomationRule.Fencing));

        Assert.False(Havm.Core.Fencing.FencingDecider.Stands(story.Cluster, order, story.Now));
    }
}
