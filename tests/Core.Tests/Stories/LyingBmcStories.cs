using Havm.Core.Changes;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// SAFETY 5.2: Off is a proof only from a BMC that nothing contradicts, and a datastore heartbeat that goes on
/// contradicts it as well as a word does.
/// </summary>
public sealed class LyingBmcStories
{
    [Fact]
    public void A_BMC_that_begins_to_lie_as_the_cable_is_cut_is_not_believed_while_the_heartbeat_goes_on()
    {
        var story = CutOff(out var home);

        story.Run(25);

        Assert.Equal(NodeVerdict.Isolated, story.Node(home.Name.Value).Verdict);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        Assert.True(story.Cluster.HeardOf(home.Name).Rung(0).Lied);
        Assert.Equal(IncidentKind.NodeCutOff, Assert.Single(story.Ledger.Incidents.Values).Kind);
    }

    [Fact]
    public void One_reader_that_is_not_well_itself_is_enough_to_show_a_write()
    {
        var story = CutOff(out var home);
        foreach (var host in story.Hosts.Values.Where(h => h != home).Skip(1))
        {
            host.AgentDown = true;
        }

        story.Run(25);

        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void It_is_not_believed_either_once_the_heartbeat_stops_after_all()
    {
        var story = CutOff(out var home);
        story.Run(10);
        story.SharedStore = false;
        story.Sighted(home, 20);

        story.Run(25);

        Assert.Equal(NodeVerdict.Failed, story.Node(home.Name.Value).Verdict);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void A_new_leader_that_never_heard_the_node_sees_its_heartbeat_go_on_and_believes_no_Off()
    {
        var story = CutOff(out var home, cut: false);
        home.Cut = true;
        story.RestartController();

        story.Run(20);

        Assert.Equal(NodeVerdict.Isolated, story.Node(home.Name.Value).Verdict);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void A_node_that_is_off_is_proven_so_before_it_is_lost()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        story.SharedStore = true;
        var home = story.Home("a");
        story.Run(0.5);
        home.PowerOff();

        var after = story.Until(() => story.PhaseOf(home) == NodePhase.Dead);

        Assert.InRange(after, 2, 3.5);
    }

    [Fact]
    public void A_cut_off_node_that_is_fenced_is_proven_off_though_it_wrote_until_then()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        story.SharedStore = true;
        var home = story.Home("a");
        home.Cut = true;
        story.Until(() => !home.Powered);

        var after = story.Until(() => story.PhaseOf(home) == NodePhase.Dead);

        // Off was asked for at once; a boot that lived would have written again, and been read.
        Assert.InRange(after, 2, 3);
    }

    [Fact]
    public void A_last_word_that_was_long_on_its_way_makes_no_liar_of_the_BMC()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        story.SharedStore = true;
        var home = story.Home("a");
        story.Run(1);
        var late = home.WardenBeat();
        home.Cut = true;
        story.Run(5);
        story.Post(late);
        story.Until(() => !home.Powered);

        // By that word's clock, the last heartbeat was written 5 s later than it was.
        var after = story.Until(() => story.PhaseOf(home) == NodePhase.Dead);

        Assert.InRange(after, 2, 5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nor_does_a_word_of_its_agent_or_a_datagram_that_was(bool isDatagram)
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        story.SharedStore = true;
        var home = story.Home("a");
        story.Run(1);
        Input late = isDatagram
            ? new DatagramHeard(home.Name, home.Boot) { Uptime = story.Now.SinceOrigin } : home.AgentBeat();
        home.PowerOff();
        story.Until(() => story.Cluster.HeardOf(home.Name).Rung(0).SaidOffAt is not null);
        story.Run(2.2);
        story.Post(late).Run(0.5);

        Assert.False(story.Cluster.HeardOf(home.Name).Rung(0).Lied);
        story.Until(() => story.PhaseOf(home) == NodePhase.Dead, 20);
    }

    [Fact]
    public void A_node_whose_clock_stood_still_shows_a_liar_all_the_same_within_a_minute()
    {
        var story = Story.Of(1, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.ClockStood = TimeSpan.FromMinutes(10);
        story.Run(1);
        home.Bmc = BmcMood.SaysOff;
        home.Cut = true;
        story.Until(() => story.Cluster.HeardOf(home.Name).Rung(0).SaidOffAt is not null);
        home.Cut = false;

        story.Until(() => story.Cluster.HeardOf(home.Name).Rung(0).Lied, 65);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void A_word_that_waited_while_the_controller_stood_still_makes_no_liar_of_the_BMC()
    {
        var story = Story.Of(1, 2).With(
            StorySpecs.Vm("a"),
            StorySpecs.Of("default", new PolicySpec
            {
                Liveness = new LivenessPolicy { LostAfter = TimeSpan.FromSeconds(10) },
            }));
        var home = story.Home("a");
        story.Run(1);
        var waits = home.AgentBeat() with { Uptime = null };
        home.PowerOff();
        story.Until(() => story.Cluster.HeardOf(home.Name).Rung(0).SaidOffAt is not null);
        story.Run(2.5);

        story.Post(new OwnStall(TimeSpan.FromSeconds(4))).Post(waits).Run(0.5);

        Assert.NotNull(story.Cluster.HeardOf(home.Name).Rung(0).SaidOffAt);
        story.Until(() => story.PhaseOf(home) == NodePhase.Dead);
    }

    [Fact]
    public void A_controller_that_stands_still_again_and_again_finds_the_liar_by_what_the_warden_dates()
    {
        var story = Story.Of(1, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Bmc = BmcMood.SaysOff;
        home.Cut = true;
        story.Until(() => story.Cluster.HeardOf(home.Name).Rung(0).SaidOffAt is not null);
        home.Cut = false;

        for (var second = 0; second < 6; second++)
        {
            story.Post(new OwnStall(TimeSpan.FromSeconds(1))).Run(1);
        }

        Assert.True(story.Cluster.HeardOf(home.Name).Rung(0).Lied);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void A_cut_off_node_whose_BMC_only_says_that_it_obeyed_is_not_taken_for_dead()
    {
        var story = CutOff(out var home);
        home.Bmc = BmcMood.Dead;
        story.Until(() => story.Sent<PowerOff>(home) > 0);
        home.Bmc = BmcMood.SaysOff;

        story.Run(20);

        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void Where_nobody_can_read_the_heartbeat_Off_counts_once_the_node_is_lost()
    {
        var story = Story.Of(1, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.PowerOff();

        var after = story.Until(() => story.PhaseOf(home) == NodePhase.Dead);

        Assert.InRange(after, 3, 5);
    }

    [Fact]
    public void A_silent_node_is_read_about_by_three_agents_of_other_racks_first()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;

        story.Run(3);

        var readers = story.Commands.Select(c => c.Command).OfType<ReadHeartbeat>().Select(r => r.Reader).ToList();
        Assert.Equal(3, readers.Count);
        Assert.Equal(2, readers.Select(Rack).Where(r => r != Rack(home.Name)).Distinct().Count());
        Assert.DoesNotContain(readers, r => Rack(r) == Rack(home.Name));

        RackName? Rack(NodeName node) => story.Ledger.NodeSpecOf(node)?.Rack;
    }

    [Fact]
    public void The_evidence_names_readers_of_different_racks()
    {
        var story = CutOff(out _);

        story.Run(6);

        var told = Assert.Single(story.Ledger.Incidents.Values).Decision.Evidence
            .Where(e => e.Source == "datastore").ToList();
        Assert.Equal(2, told.Select(e => e.Message.Split("read from")[^1]).Distinct().Count());
    }

    [Fact]
    public void A_node_that_loses_its_power_is_never_called_cut_off()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        story.SharedStore = true;
        var home = story.Home("a");
        home.Bmc = BmcMood.Dead;
        story.Run(0.3);
        home.PowerOff();

        story.Run(8);

        Assert.Equal(NodeVerdict.Failed, story.Node(home.Name.Value).Verdict);
        Assert.Equal(IncidentKind.NodeFailed, Assert.Single(story.Ledger.Incidents.Values).Kind);
        Assert.DoesNotContain(
            story.Changes.Select(c => c.Change).OfType<NodeMoved>(), m => m.Verdict == NodeVerdict.Isolated);
    }

    /// <summary>VM a lives on; its node is cut off from us and its BMC says Off from that moment on.</summary>
    private static Story CutOff(out SmallHost home, bool cut = true)
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        story.SharedStore = true;
        home = story.Home("a");
        story.Run(0.7);
        home.Cut = cut;
        home.Bmc = BmcMood.SaysOff;
        return story;
    }
}
