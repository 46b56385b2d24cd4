using Havm.Core.Changes;
using Havm.Core.Fencing;
using Havm.Core.Leases;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SAFETY 5.2: the BMC's word, and what it is worth.</summary>
public sealed class PowerCutStories
{
    [Fact]
    public void A_power_cut_is_proven_by_two_Off_readings_and_the_VM_starts_elsewhere_in_that_round_one_generation_up()
    {
        var story = Story.Of(racks: 3, nodesPerRack: 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");

        home.PowerOff();
        var seconds = story.Until(() => story.IsElsewhere("a", home));

        Assert.InRange(seconds, 2, 4);
        Assert.Equal(2, story.SeatOf("a")!.Generation.Value);
        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        Assert.Contains(story.Last.Changes, c => c is NodeProvenDead);
        Assert.Contains(story.Last.Changes, c => c is SeatProvenDead { Proof.Method: ProofMethod.NodeOff });
        Assert.Equal(0, story.Sent<PowerOff>());
    }

    [Fact]
    public void One_Off_reading_alone_proves_nothing()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        home.Bmc = BmcMood.Dead;
        story.Run(5);

        story.Post(new PowerRead(home.Name, new PowerSeen(story.Now, PowerState.Off, "", home.Boot)));
        story.Step();

        Assert.Equal(NodePhase.Lost, story.PhaseOf(home));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void An_On_between_two_Off_readings_makes_the_first_worthless()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        home.Bmc = BmcMood.Dead;
        story.Run(5);

        foreach (var state in (PowerState[])[PowerState.Off, PowerState.On, PowerState.Off])
        {
            story.Post(new PowerRead(home.Name, new PowerSeen(story.Now, state, "", home.Boot)));
            story.Step();
        }

        Assert.Equal(NodePhase.Lost, story.PhaseOf(home));
    }

    [Fact]
    public void Off_readings_that_were_asked_about_another_boot_prove_nothing()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        home.Bmc = BmcMood.Dead;
        story.Run(5);

        story.Post(new PowerRead(home.Name, new PowerSeen(story.Now, PowerState.Off, "", new BootId("another"))));
        story.Post(new PowerRead(home.Name, new PowerSeen(story.Now, PowerState.Off, "", new BootId("another"))));
        story.Step();

        Assert.Equal(NodePhase.Lost, story.PhaseOf(home));
    }

    [Fact]
    public void Off_readings_asked_before_the_last_word_prove_nothing()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        home.Bmc = BmcMood.Dead;
        story.Run(2.9);
        var early = story.Now;
        story.Post(home.WardenBeat());
        story.Step();
        story.Run(5);

        story.Post(new PowerRead(home.Name, new PowerSeen(early - Story.Tick, PowerState.Off, "", home.Boot)));
        story.Post(new PowerRead(home.Name, new PowerSeen(early - Story.Tick, PowerState.Off, "", home.Boot)));
        story.Step();

        Assert.NotEqual(NodePhase.Dead, story.PhaseOf(home));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void A_BMC_that_says_Off_while_beats_arrive_is_never_asked_and_never_believed()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Bmc = BmcMood.SaysOff;

        story.Post(new PowerRead(home.Name, new PowerSeen(story.Now, PowerState.Off, "", home.Boot)));
        story.Post(new PowerRead(home.Name, new PowerSeen(story.Now, PowerState.Off, "", home.Boot)));
        story.Run(10);

        Assert.Equal(NodePhase.Up, story.PhaseOf(home));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void A_BMC_that_was_caught_lying_is_not_believed_when_the_same_boot_is_cut_off_later()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        home.Bmc = BmcMood.Dead;
        story.Run(2.5);
        story.Post(new PowerRead(home.Name, new PowerSeen(story.Now, PowerState.Off, "", home.Boot)));
        story.Run(2.5);
        home.Cut = false;
        story.Run(3);

        home.Cut = true;
        home.Bmc = BmcMood.SaysOff;
        story.Run(60);

        Assert.Equal(NodePhase.Lost, story.PhaseOf(home));
        Assert.Contains(story.Node(home.Name.Value).Why.Evidence, e => e.Message.Contains("not believed"));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void A_BMC_that_died_with_its_node_proves_nothing_and_a_leaveRunning_VM_waits()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");
        home.PowerOff();
        home.Bmc = BmcMood.Dead;

        story.Run(120);

        Assert.Equal(NodePhase.Lost, story.PhaseOf(home));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Theory]
    [InlineData(IsolationPolicy.PowerOff)]
    [InlineData(IsolationPolicy.Stop)]
    [InlineData(IsolationPolicy.Pause)]
    public void With_a_dead_BMC_and_an_armed_watchdog_a_lease_bound_VM_waits_T_from_the_last_answer_and_not_a_tick_less(
        IsolationPolicy policy)
    {
        var story = Story.Of(3, 2, watchdog: WatchdogKind.Independent).With(StorySpecs.Vm("a", policy));
        var home = story.Home("a");
        story.Until(() => home.LeaseFrom == story.Now);
        home.PowerOff();
        home.Bmc = BmcMood.Dead;

        var seconds = story.Until(() => story.IsElsewhere("a", home));

        Assert.Equal(LeaseTerms.Default.T(policy)!.Value.TotalSeconds, seconds, 3);
        Assert.Contains(story.Last.Changes, c => c is SeatProvenDead { Proof.Method: ProofMethod.Lease });
    }

    [Fact]
    public void Without_a_watchdog_the_lease_proves_nothing()
    {
        var story = Story.Of(3, 2, bmc: false).With(StorySpecs.Vm("a", IsolationPolicy.PowerOff));
        var home = story.Home("a");
        home.PowerOff();

        story.Run(120);

        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void A_watchdog_that_is_configured_but_was_reported_unarmed_proves_nothing()
    {
        var story = Story.Of(3, 2, bmc: false, watchdog: WatchdogKind.Independent)
            .With(StorySpecs.Vm("a", IsolationPolicy.PowerOff));
        var home = story.Home("a");
        home.Armed = false;
        story.Run(2);
        home.PowerOff();

        story.Run(120);

        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void An_isolation_policy_edited_while_the_node_is_cut_off_does_not_shorten_the_lease_that_proves()
    {
        var story = Story.Of(3, 2, bmc: false, watchdog: WatchdogKind.TrustWarden)
            .With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");
        home.Cut = true;
        story.Run(5);

        Assert.Empty(story.Apply(StorySpecs.Vm("a", IsolationPolicy.PowerOff)).Errors);
        story.Run(120);

        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        Assert.NotEmpty(home.Running);
    }

    [Fact]
    public void A_node_that_returns_before_any_proof_keeps_what_it_runs()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        story.Run(10);
        Assert.Equal(NodePhase.Lost, story.PhaseOf(home));

        home.Cut = false;
        story.Run(3);

        Assert.Equal(NodePhase.Up, story.PhaseOf(home));
        Assert.Equal(1, story.SeatOf("a")!.Generation.Value);
        Assert.False(story.OnlyIncident(IncidentKind.NodeFailed).Open);
    }

    [Fact]
    public void A_dead_node_that_stays_silent_raises_no_alarm()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.PowerOff();

        story.Run(30);

        Assert.DoesNotContain(story.Ledger.Incidents.Values, i => i.Kind == IncidentKind.DeadNodeSpoke);
    }
}
