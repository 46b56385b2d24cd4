using Havm.Core.Host.SelfFence;
using Havm.Model;

namespace Havm.Core.Tests.Host;

/// <summary>SAFETY: warden, proofs of death. Every process, `cont` and reset passes the gate.</summary>
public sealed class WardenGateTests
{
    private static WardenStory Leased()
    {
        var story = new WardenStory();
        story.Pass(1);
        story.Floors();
        return story;
    }

    [Fact]
    public void Without_a_lease_a_node_starts_nothing_also_after_boot()
    {
        var story = new WardenStory { Answering = false };
        story.Pass(1);
        story.Floors();

        var answer = story.Permit("web", 1, IsolationPolicy.LeaveRunning)!;

        Assert.False(answer.Granted);
        Assert.Equal("noLease", answer.Reason.Code);
    }

    [Fact]
    public void A_permit_names_the_cgroup_only_once_the_seat_is_on_disk()
    {
        var story = Leased();
        story.DiskFull = true;
        var refused = story.Permit("web", 1, IsolationPolicy.Pause)!;
        Assert.False(refused.Granted);
        Assert.Equal("notDurable", refused.Reason.Code);

        story.DiskFull = false;
        var granted = story.Permit("web", 1, IsolationPolicy.Pause)!;

        Assert.True(granted.Granted);
        Assert.Equal(new InstanceName("web"), granted.Cgroup);
        Assert.Contains(
            story.Kept!.Seats, seat => seat.Instance.Value == "web" && seat.Isolation == IsolationPolicy.Pause);
    }

    [Fact]
    public void A_floor_that_cannot_be_written_is_not_acknowledged_and_yet_obeyed()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.LeaveRunning);
        story.DiskFull = true;

        var answer = story.Floors(("web", 1))!;

        Assert.False(answer.Granted);
        Assert.False(story.IsAlive("web"));
        Assert.Equal("withdrawn", story.Permit("web", 1, IsolationPolicy.LeaveRunning)!.Reason.Code);
    }

    [Fact]
    public void A_full_disk_heals_by_itself()
    {
        var story = Leased();
        story.DiskFull = true;
        Assert.False(story.Floors(("web", 4))!.Granted);

        story.DiskFull = false;
        story.Pass(2.4);

        Assert.True(story.Floors(("web", 4))!.Granted);
        Assert.Contains(new GenerationFloor(new("web"), new(4)), story.Kept!.Floors);
    }

    [Fact]
    public void Floors_survive_the_warden_and_never_fall()
    {
        var before = Leased();
        Assert.True(before.Floors(("web", 5))!.Granted);

        var after = new WardenStory(before.Kept);
        after.Pass(1);
        after.Floors(("web", 3));

        Assert.Equal("withdrawn", after.Permit("web", 5, IsolationPolicy.Stop)!.Reason.Code);
        Assert.True(after.Permit("web", 6, IsolationPolicy.Stop)!.Granted);
    }

    [Fact]
    public void Until_the_floors_were_told_in_this_life_nothing_is_permitted()
    {
        var story = new WardenStory { TellsGoals = false };
        story.Pass(1);

        Assert.Equal("floorsUnknown", story.Permit("web", 1, IsolationPolicy.Stop)!.Reason.Code);
    }

    [Fact]
    public void Who_is_granted_a_lease_and_no_goal_starts_nothing_of_what_it_remembers_and_ends_nothing_either()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.Pause);

        // A restored backup was adopted, and this node has not told yet what it runs.
        story.TellsGoals = false;
        story.Epoch = new(2);
        story.Pass(30);

        Assert.True(story.IsRunning("web"));
        Assert.Equal("goalUnknown", story.Permit("db", 1, IsolationPolicy.Stop)!.Reason.Code);
        story.TellsGoals = true;
        story.Pass(2);
        Assert.True(story.Permit("db", 1, IsolationPolicy.Stop)!.Granted);
    }

    [Fact]
    public void A_newer_generation_is_permitted_only_when_the_older_is_proven_gone()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.LeaveRunning);
        Assert.Equal("stillHere", story.Permit("web", 2, IsolationPolicy.LeaveRunning)!.Reason.Code);

        Assert.True(story.End("web", 1)!.Granted);

        Assert.True(story.Permit("web", 2, IsolationPolicy.LeaveRunning)!.Granted);
        Assert.Equal("newerHere", story.Permit("web", 1, IsolationPolicy.LeaveRunning)!.Reason.Code);
    }

    [Fact]
    public void An_end_is_granted_only_when_the_cgroup_is_verified_empty()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.LeaveRunning);
        story.Unkillable.Add(new("web"));
        Assert.False(story.End("web", 1)!.Granted);

        story.Unkillable.Clear();

        Assert.True(story.End("web", 1)!.Granted);
        Assert.False(story.IsAlive("web"));
    }

    [Fact]
    public void A_late_order_to_end_an_old_generation_does_not_hit_the_new_one()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.LeaveRunning, generation: 2);

        Assert.Equal("otherSeat", story.End("web", 1)!.Reason.Code);

        Assert.True(story.IsRunning("web"));
    }

    [Fact]
    public void Release_and_reset_are_for_the_seat_that_was_permitted_and_under_a_fresh_lease()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.LeaveRunning);
        Assert.Equal("otherSeat", story.Release("web", 2)!.Reason.Code);
        Assert.Equal("otherSeat", story.Release("ghost", 1)!.Reason.Code);
        Assert.True(story.Reset("web", 1)!.Granted);

        story.Answering = false;
        story.Pass(10.4);

        Assert.Equal("noLease", story.Release("web", 1)!.Reason.Code);
        Assert.Equal("noLease", story.Reset("web", 1)!.Reason.Code);
    }

    [Fact]
    public void A_silent_monitor_makes_the_release_fail_and_says_so()
    {
        var story = Leased();
        Assert.True(story.Permit("web", 1, IsolationPolicy.Stop)!.Granted);
        story.Machines[new("web")] = false;
        story.SilentMonitors.Add(new("web"));

        var answer = story.Release("web", 1)!;

        Assert.False(answer.Granted);
        Assert.Equal("monitorSilent", answer.Reason.Code);
    }

    [Fact]
    public void After_K_the_gate_is_shut_until_a_fresh_lease_and_then_a_new_permit_is_needed()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.PowerOff);
        story.Answering = false;
        story.Pass(13);
        Assert.False(story.Permit("web", 1, IsolationPolicy.PowerOff)!.Granted);

        story.Answering = true;
        story.Pass(1.4);

        Assert.Equal("ending", story.Release("web", 1)!.Reason.Code);
        Assert.True(story.Permit("web", 1, IsolationPolicy.PowerOff)!.Granted);
    }

    [Fact]
    public void The_beat_tells_what_runs_and_whether_the_agent_asks()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.LeaveRunning, generation: 3);
        story.Pass(1.2, () => story.Seat("web"));
        Assert.Equal([new RunningSeat(new("web"), new(3))], story.LastBeat!.Running.ToArray());
        Assert.True(story.LastBeat.AgentAnswers);

        story.Pass(4.2);

        Assert.False(story.LastBeat.AgentAnswers);
    }

    [Fact]
    public void A_departure_rides_on_a_beat_sent_at_once()
    {
        var story = Leased();

        story.Ask(request => new WardenInput.DepartAsked(request, new DepartureNotice(Reboot: true)));

        Assert.True(story.LastBeat!.Departure!.Reboot);
    }

    [Fact]
    public void Whoever_announces_a_departure_is_answered_when_a_controller_lets_the_node_go()
    {
        var story = Leased();
        story.Answering = false;

        Assert.Null(story.Ask(request => new WardenInput.DepartAsked(request, new DepartureNotice(Reboot: false))));
        story.Pass(3);
        Assert.DoesNotContain(story.Replies.Values, reply => reply.Reason.Code == "told");
        story.Answering = true;
        story.Pass(3);
        Assert.DoesNotContain(story.Replies.Values, reply => reply.Reason.Code == "told");
        story.LetsGo = true;
        story.Pass(1.2);

        var told = Assert.Single(story.Replies.Values, reply => reply.Reason.Code == "told");
        Assert.True(told.Granted);
    }

    [Fact]
    public void An_answer_to_an_earlier_beat_does_not_say_that_a_departure_is_known()
    {
        var story = Leased();
        story.Answering = false;
        story.Pass(1.2);
        var before = story.LastBeat!.Sequence;

        story.Ask(request => new WardenInput.DepartAsked(request, new DepartureNotice(Reboot: false)));
        story.Take(new WardenInput.ControllerSpoke("lab", "c1", new(1), before, true, null, null));

        Assert.DoesNotContain(story.Replies.Values, reply => reply.Reason.Code == "told");
    }

    [Fact]
    public void A_departure_that_no_controller_answers_is_not_waited_for_long()
    {
        var story = Leased();
        story.Answering = false;
        Assert.Null(story.Ask(request => new WardenInput.DepartAsked(request, new DepartureNotice(Reboot: false))));

        story.Pass(14.5);
        Assert.DoesNotContain(story.Replies.Values, reply => reply.Reason.Code == "unheard");
        story.Pass(1);

        Assert.False(Assert.Single(story.Replies.Values, reply => reply.Reason.Code == "unheard").Granted);
        Assert.NotNull(story.LastBeat!.Departure);
    }

    [Fact]
    public void A_departure_that_is_taken_back_is_not_told_any_more()
    {
        var story = Leased();
        story.Ask(request => new WardenInput.DepartAsked(request, new DepartureNotice(Reboot: true)));

        var answer = story.Ask(request => new WardenInput.DepartAsked(request, null))!;

        Assert.True(answer.Granted);
        Assert.Null(story.LastBeat!.Departure);
        Assert.Null(story.Kept!.Departure);
    }

    [Fact]
    public void A_node_that_is_still_here_long_after_its_announcement_takes_it_back_by_itself()
    {
        var story = Leased();
        story.Ask(request => new WardenInput.DepartAsked(request, new DepartureNotice(Reboot: false)));

        story.Pass(899);
        Assert.NotNull(story.LastBeat!.Departure);
        story.Pass(2.2);

        Assert.Null(story.LastBeat!.Departure);
    }

    [Fact]
    public void A_warden_that_restarts_during_a_shutdown_goes_on_telling_it()
    {
        var story = Leased();
        story.Ask(request => new WardenInput.DepartAsked(request, new DepartureNotice(Reboot: false)));

        var next = new WardenStory(story.Kept, story.NotedLease, story.Now.SinceOrigin.TotalSeconds);
        next.Pass(1.2);

        Assert.False(next.LastBeat!.Departure!.Reboot);
    }

    [Fact]
    public void A_policy_that_a_goal_changed_is_durable_before_it_is_acknowledged_and_holds_at_once()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.LeaveRunning);

        var answer = story.Ask(request => new WardenInput.FloorsAsked(
            request, [], [new PolicyChange(new("web"), new(1), IsolationPolicy.PowerOff)]))!;

        Assert.True(answer.Granted);
        Assert.Contains(story.Kept!.Seats, seat => seat.Isolation == IsolationPolicy.PowerOff);
        story.Answering = false;
        story.Pass(13);
        Assert.False(story.IsAlive("web"));
    }
}
