using System.Diagnostics;
using Havm.Core.Records;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Simulator.Store;

namespace Havm.Runtime.Tests;

/// <summary>The controller's loop: what it promises whatever Core decides.</summary>
public sealed class ControllerRunnerTests
{
    private static readonly NodeName One = new("n1");

    [Fact]
    public async Task Beats_without_news_are_answered_and_run_no_round()
    {
        await using var rig = await RunnerRig.OfAsync(2);
        var warden = await rig.WardenAsync("n1");
        var rounds = rig.Runner.Rounds;
        var leases = warden.Leases;
        var began = Stopwatch.GetTimestamp();

        for (var i = 0; i < 60; i++)
        {
            warden.Beat();
            await Until.TrueAsync("it is answered", () => warden.IsAnswered);
        }

        // Time alone runs a round each tenth of a second, and nothing else did.
        var ticks = Stopwatch.GetElapsedTime(began) / TimeSpan.FromMilliseconds(100);
        Assert.Equal(60, warden.Leases - leases);
        Assert.InRange(rig.Runner.Rounds - rounds, 0, (long)ticks + 2);
    }

    [Fact]
    public async Task A_beat_with_news_is_decided_on()
    {
        await using var rig = await RunnerRig.OfAsync(2);
        var warden = await rig.WardenAsync("n1");

        warden.Beat(watchdog: true);

        await Until.TrueAsync(
            "the watchdog is on record", () => rig.Runner.Committed.Ledger.Nodes[One].WatchdogArmed);
    }

    [Fact]
    public async Task While_a_commit_is_slow_other_nodes_leases_are_renewed()
    {
        await using var rig = await RunnerRig.OfAsync(2);
        var touched = await rig.WardenAsync("n1");
        var other = await rig.WardenAsync("n2");
        await Until.TrueAsync("both are up", () => rig.Runner.Committed.Ledger.Nodes.Values.All(
            n => n.Phase == NodePhase.Up));
        rig.Slow.Hold();
        touched.Beat(watchdog: true);
        await Until.TrueAsync("a commit waits", () => rig.Slow.Waiting > 0);
        var leases = (Touched: touched.Leases, Other: other.Leases);

        other.Beat();
        await Until.TrueAsync("the other is answered", () => other.IsAnswered);

        Assert.Equal(leases.Other + 1, other.Leases);
        Assert.Equal(leases.Touched, touched.Leases);
        Assert.False(rig.Runner.Committed.Ledger.Nodes[One].WatchdogArmed);
        rig.Slow.Release();
        await Until.TrueAsync("the first is answered too", () => touched.IsAnswered);
        Assert.True(rig.Runner.Committed.Ledger.Nodes[One].WatchdogArmed);
    }

    [Fact]
    public async Task A_controller_that_was_deposed_ends_its_term_and_answers_nobody()
    {
        var disk = new SimulatedDisk();
        await using var rig = await RunnerRig.OfAsync(1, disk);
        var warden = await rig.WardenAsync("n1");
        await rig.Slow.TakeOfficeAsync(CancellationToken.None);
        var leases = warden.Leases;

        warden.Beat(watchdog: true);

        var ended = await Assert.ThrowsAsync<StoreException>(() => rig.Running);
        Assert.Equal(StoreTrouble.HeldByAnother, ended.Trouble);
        Assert.Equal(leases, warden.Leases);
    }

    [Fact]
    public async Task A_commit_that_finds_no_room_ends_the_term_and_whoever_gave_an_order_is_told()
    {
        var disk = new SimulatedDisk();
        await using var rig = await RunnerRig.OfAsync(1, disk);
        disk.Full = true;

        var order = rig.ApplyAsync([new(new Metadata { Name = "r2" }, new RackSpec())]);

        var ended = await Assert.ThrowsAsync<StoreException>(() => rig.Running);
        Assert.Equal(StoreTrouble.Full, ended.Trouble);
        Assert.Same(ended, await Assert.ThrowsAsync<StoreException>(() => order));
        Assert.Same(ended, await Assert.ThrowsAsync<StoreException>(() => rig.ApplyAsync([])));
        Assert.False(rig.Runner.Committed.Ledger.Specs.ContainsKey("Rack/r2"));
    }
}
