using Havm.Core.Changes;
using Havm.Core.Fencing;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SAFETY 4: a node that is cut off and whose guests answer on their own network is not fenced.</summary>
public sealed class GuestAnswerStories
{
    private static Story CutOff(params ReadOnlySpan<SpecObject> objects) => CutOff(30, objects);

    /// <summary>The home of VM "a" hears nobody, and its datastore heartbeat goes on.</summary>
    private static Story CutOff(int cutOffAfter, params ReadOnlySpan<SpecObject> objects)
    {
        var story = Story.Of(3, 2).With(
        [
            StorySpecs.Of("default", new PolicySpec
            {
                Liveness = new LivenessPolicy { CutOffAfter = TimeSpan.FromSeconds(cutOffAfter) },
            }),
            .. objects,
        ]);
        story.SharedStore = true;
        story.GuestsPass = true;
        story.Home("a").Cut = true;
        return story;
    }

    [Fact]
    public void A_cut_off_node_whose_guests_answer_is_not_fenced_and_the_hold_is_shown_with_what_releases_it()
    {
        var story = CutOff(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");

        story.Run(300);

        Assert.Equal(NodeVerdict.Isolated, story.Node(home.Name.Value).Verdict);
        Assert.Equal(0, story.Sent<PowerOff>());
        Assert.Equal(0, story.Count<FenceOrdered>());
        var held = Assert.Single(story.Last.Held, h => h.Guard.Code == "guestGuard");
        Assert.Contains("answered on their own network", held.Guard.Message);
        Assert.Contains("(a)", held.Guard.Message);
        var span = Assert.Single(story.OnlyIncident(IncidentKind.NodeCutOff).Held, h => h.Guard == "guestGuard");
        Assert.Null(span.Until);
    }

    [Fact]
    public void Once_its_guests_are_silent_too_cutOffAfter_runs_from_their_last_answer_and_it_is_fenced()
    {
        var story = CutOff(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");
        story.Run(120);

        story.GuestsPass = false;
        story.Run(25);
        Assert.Equal(0, story.Sent<PowerOff>());

        story.Until(() => story.IsElsewhere("a", home));
        Assert.NotNull(story.OnlyIncident(IncidentKind.NodeCutOff).Held.Single(h => h.Guard == "guestGuard").Until);
    }

    [Fact]
    public void Guests_that_fall_silent_for_less_than_cutOffAfter_do_not_bring_the_fence()
    {
        var story = CutOff(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        story.Run(120);

        story.GuestsPass = false;
        story.Run(20);
        story.GuestsPass = true;
        story.Run(60);

        Assert.Equal(0, story.Sent<PowerOff>());
    }

    [Fact]
    public void Where_cutOffAfter_is_a_second_the_answers_are_there_before_it_is_over()
    {
        var story = CutOff(1, StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));

        story.Run(60);

        Assert.Equal(0, story.Sent<PowerOff>());
    }

    [Fact]
    public void One_guest_that_answers_is_enough()
    {
        var story = Story.Of(1, 2).With(
            StorySpecs.Vm("a", IsolationPolicy.LeaveRunning), StorySpecs.Vm("b", IsolationPolicy.LeaveRunning),
            StorySpecs.Vm("c", IsolationPolicy.LeaveRunning), StorySpecs.Vm("d", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");
        story.SharedStore = true;
        story.GuestsPass = true;
        story.Mute.UnionWith(story.Ledger.Instances.Values.Select(i => i.Name).Where(name => name.Value != "a"));
        home.Cut = true;

        story.Run(90);

        Assert.Equal(0, story.Sent<PowerOff>());
        var held = Assert.Single(story.Last.Held, h => h.Guard.Code == "guestGuard");
        Assert.Contains("1 of 2 guests", held.Guard.Message);
    }

    [Fact]
    public void Guests_that_are_silent_or_have_no_address_count_neither_way()
    {
        var silent = CutOff(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = silent.Home("a");
        silent.Mute.Add(new InstanceName("a"));
        silent.Until(() => silent.IsElsewhere("a", home));

        var without = CutOff(StorySpecs.Of("a", new VirtualMachineSpec
        {
            Template = StorySpecs.Template(IsolationPolicy.LeaveRunning) with { Networks = [] },
        }));
        home = without.Home("a");
        without.Until(() => without.IsElsewhere("a", home));
        Assert.Equal(0, without.Sent<AskGuests>());
    }

    [Fact]
    public void What_a_lease_binds_is_not_asked_and_is_recovered_on_proof_as_ever()
    {
        var story = Story.Of(3, 2, watchdog: WatchdogKind.TrustWarden)
            .With(StorySpecs.Vm("a", IsolationPolicy.PowerOff));
        var home = story.Home("a");
        story.SharedStore = true;
        story.GuestsPass = true;
        home.Cut = true;

        story.Until(() => story.IsElsewhere("a", home));

        Assert.Equal(0, story.Sent<AskGuests>());
        Assert.Equal(0, story.Sent<PowerOff>());
    }

    [Fact]
    public void Where_all_evidence_is_silent_guests_that_answer_hold_nothing()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");
        story.GuestsPass = true;
        home.Cut = true;
        story.Run(6);

        story.Sighted(home, 6);
        story.Until(() => story.IsElsewhere("a", home));

        Assert.Equal(1, story.Sent<PowerOff>(home));
    }

    [Fact]
    public void What_a_load_balancer_sees_answer_is_an_answer()
    {
        var story = CutOff(
            StorySpecs.Of("a", new VirtualMachineSpec
            {
                Template = StorySpecs.Template(IsolationPolicy.LeaveRunning) with { Networks = [] },
            }));
        var home = story.Home("a");
        var word = new BalancerWord(1, [new(new InstanceName("a"), MemberRotation.In, MemberHealth.Up)
        {
            Answered = true,
        }]);
        Assert.Empty(story.Apply(
            StorySpecs.Service("web", 1),
            StorySpecs.Of("front", new LoadBalancerSpec { Service = "web", Role = "web", Listen = 80, Port = 80 }))
            .Errors);

        for (var second = 0; second < 60; second++)
        {
            story.Post(new BalancerSpoke("front", story.Now, word));
            story.Run(1);
        }

        Assert.Equal(0, story.Sent<PowerOff>());
        story.Until(() => story.IsElsewhere("a", home));
    }

    [Fact]
    public void Those_that_are_asked_are_agents_of_other_racks_first_and_three_at_a_time_every_two_seconds()
    {
        var story = CutOff(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");

        story.Run(60);

        var asked = story.Commands.Select(c => c.Command).OfType<AskGuests>().ToList();
        Assert.InRange(asked.Count, 60, 3 * 32);
        var rack = story.Ledger.NodeSpecOf(home.Name)!.Rack;
        Assert.All(asked, ask => Assert.NotEqual(rack, story.Ledger.NodeSpecOf(ask.Reader)!.Rack));
        Assert.All(asked, ask => Assert.Equal(
            story.Instance("a").Machine.Nics[0].Mac, Assert.Single(ask.Cards).Mac));
    }

    [Fact]
    public void A_leader_that_takes_over_asks_anew_and_holds_too()
    {
        var story = CutOff(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        story.Run(60);

        story.RestartController();
        story.Run(120);

        Assert.Equal(0, story.Sent<PowerOff>());
        Assert.Contains(story.Last.Held, h => h.Guard.Code == "guestGuard");
    }

    [Fact]
    public void An_order_that_has_not_left_yet_does_not_leave_once_a_guest_answers()
    {
        var story = CutOff(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");
        story.GuestsPass = false;
        story.Until(() => story.Sent<PowerOff>(home) == 1);
        var order = story.Commands.Select(c => c.Command).OfType<PowerOff>().First();
        Assert.True(FencingDecider.Stands(story.Cluster, order, story.Now));

        var answered = Ear.Hear(
            story.Cluster,
            story.Hosts.Values.First(h => h.Speaks).AgentBeat() with
            {
                Guests = [new GuestAnswer(home.Name, new InstanceName("a"))],
            },
            story.Now);

        Assert.False(FencingDecider.Stands(answered, order, story.Now));
    }

    [Fact]
    public void An_operators_word_is_refused_while_a_guest_answers_and_taken_once_the_machine_is_off()
    {
        var story = Story.Of(3, 2, bmc: false).With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");
        story.GuestsPass = true;
        home.Cut = true;
        story.Run(20);

        var refused = story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann"));
        Assert.Contains("answered on their own network", Assert.Single(refused.Errors).Reason);

        home.PowerOff();
        story.Run(8);
        Assert.Empty(story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann")).Errors);
        story.Until(() => story.IsElsewhere("a", home));
    }
}
