using FsCheck;
using FsCheck.Fluent;
using Havm.Core.Host.SelfFence;
using Havm.Core.Leases;
using Havm.Model;

namespace Havm.Core.Tests.Host;

/// <summary>SAFETY: time, warden, isolation policy. What the end of a lease does on the host.</summary>
public sealed class WardenLeaseTests
{
    private static WardenStory Leased()
    {
        var story = new WardenStory();
        story.Pass(1);
        return story;
    }

    [Fact]
    public void While_the_controller_answers_nothing_is_touched()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.PowerOff);
        story.Run("db", IsolationPolicy.Pause);

        story.Pass(120);

        Assert.True(story.IsRunning("web"));
        Assert.True(story.IsRunning("db"));
    }

    [Fact]
    public void Power_off_kills_at_K_and_not_before()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.PowerOff);
        story.Answering = false;

        story.Pass(11);
        Assert.True(story.IsRunning("web"));

        story.Pass(1.4);
        Assert.False(story.IsAlive("web"));
        Assert.True(story.Seat("web")!.ByLease);
    }

    [Fact]
    public void Pause_holds_the_vcpus_at_P_and_kills_at_K_because_a_paused_machine_still_holds_its_disks()
    {
        var story = Leased();
        story.Run("db", IsolationPolicy.Pause);
        story.Answering = false;

        story.Pass(9);
        Assert.True(story.IsRunning("db"));
        story.Pass(1.6);
        Assert.True(story.IsAlive("db"));
        Assert.False(story.IsRunning("db"));
        story.Pass(48.8);
        Assert.True(story.IsAlive("db"));
        story.Pass(1);
        Assert.False(story.IsAlive("db"));
    }

    [Fact]
    public void Stop_asks_the_guest_once_at_P_and_kills_at_K()
    {
        var story = Leased();
        story.Run("db", IsolationPolicy.Stop);
        story.Answering = false;

        story.Pass(10.6);
        Assert.Contains(new InstanceName("db"), story.AskedToShutDown);
        Assert.True(story.IsAlive("db"));
        story.AskedToShutDown.Clear();
        story.Pass(28.8);
        Assert.True(story.IsAlive("db"));
        Assert.Empty(story.AskedToShutDown);
        story.Pass(1);
        Assert.False(story.IsAlive("db"));
    }

    [Fact]
    public void Leave_running_is_never_touched_however_long_the_controller_is_away()
    {
        var story = Leased();
        story.Run("vm", IsolationPolicy.LeaveRunning);
        story.Answering = false;

        story.Pass(3600);

        Assert.True(story.IsRunning("vm"));
        Assert.False(story.HoldsBound);
    }

    [Fact]
    public void A_paused_machine_goes_on_when_the_lease_is_fresh_again()
    {
        var story = Leased();
        story.Run("db", IsolationPolicy.Pause);
        story.Answering = false;
        story.Pass(20);
        Assert.False(story.IsRunning("db"));

        story.Answering = true;
        story.Pass(2);

        Assert.True(story.IsRunning("db"));
        Assert.False(story.Seat("db")!.ByLease);
    }

    [Fact]
    public void A_paused_machine_whose_generation_was_withdrawn_meanwhile_never_goes_on()
    {
        var story = Leased();
        story.Run("db", IsolationPolicy.Pause);
        story.Answering = false;
        story.Pass(20);
        var releases = story.Releases.Count;

        var goal = new Goal { Epoch = new(1), Revision = 9, Floors = [new(new("db"), new(1))] };
        story.Take(new WardenInput.ControllerSpoke("lab", "c1", new(1), 0, false, goal, null));
        story.Answering = true;
        story.Pass(3);

        Assert.False(story.IsAlive("db"));
        Assert.Equal(releases, story.Releases.Count);
    }

    [Fact]
    public void A_node_that_slept_finds_its_lease_expired()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.PowerOff);

        story.Answering = false;
        story.Suspend(13);

        Assert.False(story.IsAlive("web"));
    }

    [Fact]
    public void An_answer_counts_from_the_sending_of_the_beat_it_answers_not_from_its_arrival()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.PowerOff);
        story.Answering = false;
        story.Pass(1.2);
        var old = story.LastBeat!.Sequence;
        story.Pass(9);

        story.Take(new WardenInput.ControllerSpoke("lab", "c1", new(1), old, true, null, null));

        Assert.True(story.IsAlive("web"));
        story.Pass(2.4);
        Assert.True(story.IsAlive("web"));
        story.Pass(1);
        Assert.False(story.IsAlive("web"));
    }

    [Fact]
    public void An_answer_without_a_lease_and_a_pushed_goal_renew_nothing()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.PowerOff);
        story.Answering = false;

        story.Pass(14, () =>
        {
            story.Take(
                new WardenInput.ControllerSpoke("lab", "c1", new(1), story.LastBeat!.Sequence, false, null, null));
            story.Take(new WardenInput.ControllerSpoke("lab", "c1", new(1), 0, true, null, null));
        });

        Assert.False(story.IsAlive("web"));
    }

    [Theory]
    [InlineData("other", "c1", 1)]
    [InlineData("lab", "c0", 0)]
    [InlineData("lab", "copy", 1)]
    public void A_controller_of_another_cluster_or_behind_or_copied_renews_nothing(
        string cluster, string controller, long epoch)
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.PowerOff);
        story.Answering = false;

        story.Pass(14, () => story.Take(new WardenInput.ControllerSpoke(
            cluster, controller, new(epoch), story.LastBeat!.Sequence, true, null, null)));

        Assert.False(story.IsAlive("web"));
        Assert.Equal(new Epoch(1), story.LastBeat!.Highest.Epoch);
    }

    [Fact]
    public void A_new_leader_with_a_higher_epoch_is_obeyed_and_told_as_the_highest()
    {
        var story = Leased();

        story.Epoch = new(7);
        story.Pass(2.4);

        Assert.Equal(new Epoch(7), story.LastBeat!.Highest.Epoch);
        Assert.Equal("c7", story.Kept!.Highest.Controller);
    }

    [Fact]
    public void What_survives_the_kill_past_K_leaves_the_watchdog_hungry_until_it_is_gone()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.PowerOff);
        story.Unkillable.Add(new("web"));
        story.Answering = false;
        story.Pass(12.4);
        var fed = story.Fed;

        story.Pass(5);
        Assert.Equal(fed, story.Fed);

        story.Unkillable.Clear();
        story.Pass(3);
        Assert.True(story.Fed > fed);
    }

    [Fact]
    public void The_watchdog_is_fed_while_everything_past_K_is_dead_and_what_is_left_running_lives()
    {
        var story = Leased();
        story.Run("vm", IsolationPolicy.LeaveRunning);
        story.Run("web", IsolationPolicy.PowerOff);
        story.Answering = false;
        story.Pass(20);
        var fed = story.Fed;

        story.Pass(10);

        Assert.InRange(story.Fed - fed, 9, 11);
    }

    [Fact]
    public void A_monitor_that_does_not_answer_delays_no_kill()
    {
        var story = Leased();
        story.Run("db", IsolationPolicy.Pause);
        story.SilentMonitors.Add(new("db"));
        story.Answering = false;

        story.Pass(60.4);

        Assert.False(story.IsAlive("db"));
    }

    [Fact]
    public void A_process_that_appears_after_the_kill_is_killed_too()
    {
        var story = Leased();
        story.Run("web", IsolationPolicy.PowerOff);
        story.Answering = false;
        story.Pass(13);

        story.Machines[new("web")] = true;
        story.Pass(0.4);

        Assert.False(story.IsAlive("web"));
    }

    [Fact]
    public void A_machine_nobody_knows_gets_the_shortest_lease()
    {
        var story = Leased();
        story.Machines[new("stray")] = true;
        story.Pass(5);
        Assert.True(story.IsAlive("stray"));

        story.Answering = false;
        story.Pass(13);

        Assert.False(story.IsAlive("stray"));
    }

    [Fact]
    public void A_warden_that_crashed_goes_on_with_the_lease_it_had()
    {
        var before = Leased();
        before.Run("web", IsolationPolicy.PowerOff);
        before.Answering = false;
        before.Pass(6);

        var after = new WardenStory(before.Kept, before.NotedLease, before.Now.SinceOrigin.TotalSeconds)
        {
            Answering = false,
        };
        after.Machines[new("web")] = true;
        after.Pass(5);
        Assert.True(after.IsAlive("web"));
        after.Pass(2);
        Assert.False(after.IsAlive("web"));
    }

    [Fact]
    public void A_warden_that_lost_the_note_of_its_lease_holds_none()
    {
        var before = Leased();
        before.Run("web", IsolationPolicy.PowerOff);

        var after = new WardenStory(before.Kept, leaseFrom: null) { Answering = false };
        after.Machines[new("web")] = true;
        after.Pass(0.4);

        Assert.False(after.IsAlive("web"));
    }

    [Fact]
    public void Whatever_the_network_does_nothing_bound_runs_past_K_and_the_gate_never_opens_on_a_stale_lease()
    {
        var terms = LeaseTerms.Default;
        var policies = new[] { IsolationPolicy.PowerOff, IsolationPolicy.Stop, IsolationPolicy.Pause };
        Prop.ForAll(Schedules(), phases =>
        {
            var story = Leased();
            foreach (var policy in policies)
            {
                story.Run(policy.ToString().ToLowerInvariant(), policy);
            }

            foreach (var (seconds, answering, silentMonitor) in phases)
            {
                story.Answering = answering;
                story.SilentMonitors.Clear();
                if (silentMonitor)
                {
                    story.SilentMonitors.UnionWith(
                        policies.Select(policy => new InstanceName(policy.ToString().ToLowerInvariant())));
                }

                story.Pass(seconds, () => HoldsNow(story, terms, policies));
            }
        }).QuickCheckThrowOnFailure();
    }

    private static void HoldsNow(WardenStory story, LeaseTerms terms, IsolationPolicy[] policies)
    {
        var age = story.Now - story.LastAnsweredSending!.Value;
        foreach (var policy in policies)
        {
            var instance = policy.ToString().ToLowerInvariant();
            Assert.False(
                age > terms.K(policy) + WardenStory.TickLength && story.IsAlive(instance), $"{policy} at age {age}");
            if (!story.IsAlive(instance) && story.Permit(instance, 1, policy) is { Granted: true })
            {
                Assert.True(age < terms.P, $"permit at age {age}");
                story.Machines[new(instance)] = false;
            }

            if (story.IsAlive(instance) && story.Release(instance, 1) is { Granted: true })
            {
                Assert.True(age < terms.P, $"release at age {age}");
            }
        }
    }

    private static Arbitrary<(int Seconds, bool Answering, bool SilentMonitor)[]> Schedules() => Arb.From(
        Gen.ArrayOf(
            from seconds in Gen.Choose(1, 45)
            from answering in Gen.Elements(true, false)
            from silent in Gen.Elements(true, false, false)
            select (seconds, answering, silent)).Resize(12));
}
