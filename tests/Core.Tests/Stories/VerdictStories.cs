using Havm.Core.Changes;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SAFETY 4: verdicts, and what each of them allows.</summary>
public sealed class VerdictStories
{
    [Fact]
    public void A_silent_node_whose_datastore_heartbeat_is_fresh_is_isolated_and_not_fenced_before_cutOffAfter()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");
        story.SharedStore = true;
        home.Cut = true;

        story.Run(4 + 29);
        Assert.Equal(NodeVerdict.Isolated, story.Node(home.Name.Value).Verdict);
        Assert.Equal(IncidentKind.NodeCutOff, Assert.Single(story.Ledger.Incidents.Values).Kind);
        Assert.Equal(0, story.Sent<PowerOff>());

        story.Run(5);
        Assert.Equal(1, story.Sent<PowerOff>(home));
        story.Until(() => story.IsElsewhere("a", home));
    }

    [Fact]
    public void A_wall_clock_that_jumps_an_hour_does_not_bring_cutOffAfter_nearer()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");
        story.SharedStore = true;
        home.Cut = true;
        story.Run(10);

        story.WallShift = TimeSpan.FromHours(1);
        story.Run(10);

        Assert.Equal(0, story.Sent<PowerOff>());
    }

    [Fact]
    public void An_isolated_node_with_lease_bound_VMs_alone_is_never_fenced()
    {
        var story = Story.Of(3, 2, watchdog: WatchdogKind.TrustWarden)
            .With(StorySpecs.Vm("a", IsolationPolicy.PowerOff));
        var home = story.Home("a");
        story.SharedStore = true;
        home.Cut = true;

        story.Run(60);

        Assert.Equal(0, story.Sent<PowerOff>());
        Assert.True(story.IsElsewhere("a", home));
    }

    [Fact]
    public void An_unknown_verdict_never_fences()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;

        story.Run(120);

        Assert.Equal(NodeVerdict.Unknown, story.Node(home.Name.Value).Verdict);
        Assert.Equal(0, story.Sent<PowerOff>());
    }

    [Fact]
    public void A_datastore_heartbeat_that_stands_still_for_readers_in_two_racks_makes_it_failed_and_fences_it()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        story.Sighted(home, 6);

        story.Until(() => story.IsElsewhere("a", home));

        Assert.True(story.Sent<PowerOff>(home) >= 1);
        Assert.Contains(story.Events, e => e.Reason.Code == "failed");
        Assert.NotNull(story.OnlyIncident(IncidentKind.NodeFailed).FencedAt);
    }

    [Fact]
    public void Readers_in_one_rack_alone_cannot_make_it_failed()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        var other = story.Hosts.Values.First(
            h => story.Ledger.NodeSpecOf(h.Name)!.Rack != story.Ledger.NodeSpecOf(home.Name)!.Rack);
        story.Sighted(
            home, 6, by: h => story.Ledger.NodeSpecOf(h.Name)!.Rack == story.Ledger.NodeSpecOf(other.Name)!.Rack);

        story.Run(10);

        Assert.Equal(NodeVerdict.Unknown, story.Node(home.Name.Value).Verdict);
    }

    [Fact]
    public void Readers_that_are_not_well_themselves_count_for_nothing()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        story.Sighted(home, 6, healthyReader: false);

        story.Run(10);

        Assert.Equal(NodeVerdict.Unknown, story.Node(home.Name.Value).Verdict);
    }

    [Fact]
    public void A_fence_order_is_void_once_its_boot_is_heard_again()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        home.Bmc = BmcMood.Lazy;
        story.Sighted(home, 6);
        story.Until(() => story.Sent<PowerOff>(home) >= 1);
        var order = story.Commands.Select(c => c.Command).OfType<PowerOff>().First();

        home.Cut = false;
        story.Until(() => story.PhaseOf(home) == NodePhase.Up);
        story.Run(0.1);

        Assert.Null(story.Node(home.Name.Value).Fence);
        Assert.True(story.Happened("fenceEnded"));
        Assert.False(Havm.Core.Fencing.FencingDecider.Stands(story.Cluster, order, story.Now));
        Assert.Equal(1, story.SeatOf("a")!.Generation.Value);
    }

    [Fact]
    public void An_order_whose_node_was_heard_since_no_longer_stands_even_before_the_next_round()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        home.Bmc = BmcMood.Lazy;
        story.Sighted(home, 6);
        story.Until(() => story.Sent<PowerOff>(home) >= 1);
        var order = story.Commands.Select(c => c.Command).OfType<PowerOff>().First();
        Assert.True(Havm.Core.Fencing.FencingDecider.Stands(story.Cluster, order, story.Now));

        var heard = Ear.Hear(story.Cluster, home.WardenBeat(), story.Now);

        Assert.False(Havm.Core.Fencing.FencingDecider.Stands(heard, order, story.Now));
    }

    [Fact]
    public void An_order_is_not_repeated_while_the_evidence_it_rests_on_is_gone()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");
        home.Cut = true;
        home.Bmc = BmcMood.Lazy;
        story.Sighted(home, 6);
        story.Until(() => story.Sent<PowerOff>(home) >= 1);

        story.Sighted(home, 0.5).Run(15);

        Assert.Equal(NodeVerdict.Isolated, story.Node(home.Name.Value).Verdict);
        Assert.Equal(1, story.Sent<PowerOff>(home));
        story.Until(() => story.Sent<PowerOff>(home) >= 2, 30);
    }

    [Fact]
    public void A_power_off_that_is_taken_and_not_done_is_repeated_and_proves_nothing()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        home.Bmc = BmcMood.Lazy;
        story.Sighted(home, 6);

        story.Run(30);

        Assert.InRange(story.Sent<PowerOff>(home), 4, 6);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void An_agent_that_is_gone_while_its_warden_speaks_is_told_and_never_fenced()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        story.Sighted(home, 6);
        home.AgentDown = true;

        story.Run(60);
        Assert.Equal(NodePhase.Up, story.PhaseOf(home));
        Assert.True(story.OnlyIncident(IncidentKind.AgentDown).Open);
        Assert.Equal(0, story.Sent<PowerOff>());

        home.AgentDown = false;
        story.Run(2);
        Assert.False(story.OnlyIncident(IncidentKind.AgentDown).Open);
    }

    [Fact]
    public void The_end_of_the_agents_stream_is_a_signal_at_once()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.AgentDown = true;
        var agentStream = story.Cluster.HeardOf(home.Name).Agent.Connection;

        story.Post(new StreamEnded(home.Name, agentStream)).Run(0.1);

        Assert.Equal(IncidentKind.AgentDown, Assert.Single(story.Ledger.Incidents.Values).Kind);
    }

    [Fact]
    public void The_incident_of_an_agent_ends_with_its_node_as_well()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.AgentDown = true;
        story.Run(6);

        home.PowerOff();
        story.Run(10);

        Assert.False(story.OnlyIncident(IncidentKind.AgentDown).Open);
    }

    [Fact]
    public void A_datagram_counts_as_having_been_heard_and_renews_no_lease()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        var renewed = story.Cluster.HeardOf(home.Name).LeaseAnswered;
        for (var i = 0; i < 20; i++)
        {
            story.Post(new DatagramHeard(home.Name, home.Boot)).Run(1);
        }

        Assert.Equal(NodePhase.Up, story.PhaseOf(home));
        Assert.Equal(renewed, story.Cluster.HeardOf(home.Name).LeaseAnswered);
    }

    [Fact]
    public void An_announced_shutdown_gives_no_verdict_however_long_and_whatever_the_BMC_says()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), Held);
        var home = story.Home("a");
        home.Departing = false;
        story.Run(1);
        home.PowerOff();

        story.Run(1200);

        Assert.Equal(NodePhase.DownByOrder, story.PhaseOf(home));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void An_operator_may_end_the_wait_for_a_node_that_was_shut_down()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), Held);
        var home = story.Home("a");
        home.Departing = false;
        story.Run(1);
        home.PowerOff();
        story.Run(10);

        var outcome = story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann"));

        Assert.Empty(outcome.Errors);
        story.Until(() => story.IsElsewhere("a", home));
        story.Until(() => story.Ledger.Incidents.Values.All(i => !i.Open));
    }

    [Fact]
    public void An_operators_word_about_a_node_that_was_shut_down_is_refused_while_its_BMC_says_On()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), Held);
        var home = story.Home("a");
        home.Departing = false;
        story.Run(1);
        home.Cut = true;
        story.Run(10);

        var outcome = story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann"));

        Assert.Contains("power on", Assert.Single(outcome.Errors).Reason);
    }

    [Fact]
    public void An_announced_reboot_holds_fifteen_minutes_and_no_longer()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Departing = true;
        story.Run(1);
        home.PowerOff();

        story.Run(890);
        Assert.Equal(NodePhase.DownByOrder, story.PhaseOf(home));

        story.Run(20);
        Assert.True(story.IsElsewhere("a", home));
    }

    [Fact]
    public void A_new_leader_leaves_a_node_that_is_down_by_order_where_it_is()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), Held);
        var home = story.Home("a");
        home.Departing = false;
        story.Run(1);
        home.PowerOff();
        story.Run(10);

        story.RestartController().Run(60);

        Assert.Equal(NodePhase.DownByOrder, story.PhaseOf(home));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void A_departure_that_is_called_off_brings_the_node_back()
    {
        var story = Story.Of(3, 2);
        var home = story.Host("n1");
        home.Departing = true;
        story.Run(2);
        Assert.Equal(NodePhase.DownByOrder, story.PhaseOf(home));

        home.Departing = null;
        story.Run(2);

        Assert.Equal(NodePhase.Up, story.PhaseOf(home));
    }

    [Fact]
    public void A_new_leader_that_has_heard_the_agent_alone_does_not_call_a_departure_off()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), Held);
        var home = story.Home("a");
        home.Departing = false;
        story.Run(2);

        story.RestartController().Post(home.AgentBeat()).Step();
        home.PowerOff();
        story.Run(60);

        Assert.Equal(NodePhase.DownByOrder, story.PhaseOf(home));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    /// <summary>Instances wait for a node that is shut down.</summary>
    private static SpecObject Held => new(new Metadata { Name = "default" }, new PolicySpec
    {
        Maintenance = new MaintenancePolicy { OnShutdown = DeparturePolicy.Hold },
    });

    [Fact]
    public void The_BMCs_of_nodes_that_speak_are_looked_at_together_and_each_at_least_once_a_minute()
    {
        var story = Story.Of(3, 1);
        var late = story.Hosts.Values.Last();
        late.Cut = true;
        story.Run(2.5);
        late.Cut = false;
        var heard = story.Now + TimeSpan.FromSeconds(3);

        story.Run(300);

        // Whenever each was looked at before: all on one grid of 5 s, so that those within one are of one round.
        var looks = story.Commands.Where(c => c.Command is ReadPower && c.At > heard).ToList();
        Assert.All(looks, look => Assert.Equal(0, (look.At - story.Cluster.Office.Since).TotalSeconds % 5, 6));
        foreach (var node in looks.GroupBy(look => ((ReadPower)look.Command).Node))
        {
            Assert.True(node.Count() >= 5, $"{node.Key}: {node.Count()} looks in 300 s");
            Assert.All(node.Zip(node.Skip(1)), pair => Assert.InRange(
                (pair.Second.At - pair.First.At).TotalSeconds, 55, 60));
        }

        Assert.Equal(3, looks.Select(look => ((ReadPower)look.Command).Node).Distinct().Count());
    }

    [Fact]
    public void Incidents_are_followed_on_the_picture_of_all_other_deciders() =>
        Assert.Equal(typeof(Havm.Core.Incidents.IncidentDecider), Round.Deciders[^1].Decide.Method.DeclaringType);
}
