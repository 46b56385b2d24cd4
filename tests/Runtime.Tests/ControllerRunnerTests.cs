using System.Diagnostics;
using Havm.Core;
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_beat_that_tells_of_a_newer_leader_renews_no_lease_any_more(bool whileCommitting)
    {
        await using var rig = await RunnerRig.OfAsync(2);
        var telling = await rig.WardenAsync("n1");
        var other = await rig.WardenAsync("n2");
        await Until.TrueAsync("both are up", () => rig.Runner.Committed.Ledger.Nodes.Values.All(
            n => n.Phase == NodePhase.Up));
        if (whileCommitting)
        {
            rig.Slow.Hold();
            other.Beat(watchdog: true);
            await Until.TrueAsync("a commit waits", () => rig.Slow.Waiting > 0);
        }

        var leases = telling.Leases;
        telling.Highest = new LeaderSeen("lab", "c9", new Epoch(99), 0);
        telling.Beat();
        rig.Slow.Release();

        await Until.TrueAsync("it is answered", () => telling.IsAnswered);
        Assert.Equal(leases, telling.Leases);
        Assert.NotNull(rig.Runner.Committed.Office.Overruled);
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

    [Fact]
    public async Task A_departure_is_answered_only_once_it_is_on_record_also_when_it_comes_during_a_commit()
    {
        await using var rig = await RunnerRig.OfAsync(2);
        var other = await rig.WardenAsync("n2");
        var leaving = await rig.WardenAsync("n1");
        await Until.TrueAsync("both are up", () => rig.Runner.Committed.Ledger.Nodes.Values.All(
            n => n.Phase == NodePhase.Up));
        rig.Slow.Hold();
        other.Beat(watchdog: true);
        await Until.TrueAsync("a commit waits", () => rig.Slow.Waiting > 0);
        var leases = leaving.Leases;

        leaving.Departure = new DepartureNotice(Reboot: false);
        leaving.Beat();
        Assert.Equal(leases, leaving.Leases);
        rig.Slow.Release();
        await Until.TrueAsync("it is answered", () => leaving.IsAnswered);

        Assert.Equal(NodePhase.DownByOrder, rig.Runner.Committed.Ledger.Nodes[One].Phase);
    }

    [Fact]
    public async Task No_answer_grants_a_long_lease_before_it_is_durable()
    {
        await using var rig = await RunnerRig.OfAsync(1);
        var warden = await rig.WardenAsync("n1");
        await Until.TrueAsync("n1 is up", () => rig.Runner.Committed.Ledger.Nodes[One].Phase == NodePhase.Up);
        rig.Slow.Hold();
        var order = rig.Runner.OrderAsync(
            id => new LongLeaseOrder(id, TimeSpan.FromMinutes(10), "ann"), CancellationToken.None);
        await Until.TrueAsync("its commit waits", () => rig.Slow.Waiting > 0);

        warden.Beat();
        await Until.TrueAsync("a beat is answered meanwhile", () => warden.IsAnswered);
        Assert.Null(warden.Last!.LongLease);
        Assert.False(order.IsCompleted);
        rig.Slow.Release();
        Assert.Empty((await order).Errors);
        warden.Beat();
        await Until.TrueAsync("the next is answered", () => warden.IsAnswered);

        Assert.InRange(warden.Last!.LongLease!.Remaining!.Value.TotalSeconds, 500, 600);
    }

    [Fact]
    public async Task The_long_lease_is_still_on_record_after_a_restart_and_its_end_is_told()
    {
        var disk = new SimulatedDisk();
        LongLeaseName name;
        await using (var first = await RunnerRig.OfAsync(1, disk))
        {
            await first.Runner.OrderAsync(
                id => new LongLeaseOrder(id, TimeSpan.FromMinutes(10), "ann"), CancellationToken.None);
            name = first.Runner.Committed.Ledger.LongLease!.Name;
        }

        await using var rig = await RunnerRig.OfAsync(1, disk);
        Assert.Equal(LongLeaseState.Granted, rig.Runner.Committed.Ledger.LongLease!.State);
        var warden = await rig.WardenAsync("n1");
        Assert.Null(warden.Last!.LongLease);
        await rig.Runner.OrderAsync(id => new LongLeaseEndOrder(id, "ann"), CancellationToken.None);
        warden.Beat();
        await Until.TrueAsync("it is answered", () => warden.IsAnswered);

        Assert.Equal(new LongLeaseWord(name, null), warden.Last!.LongLease);
    }

    [Fact]
    public async Task Who_is_busy_is_still_on_record_after_a_restart_with_the_same_end()
    {
        var disk = new SimulatedDisk();
        var template = new InstanceTemplate { Vcpus = 1, Memory = Bytes.MiB(64), Image = "small" };
        var vm = new VirtualMachineSpec { Template = template };
        BusyMark mark;
        await using (var first = await RunnerRig.OfAsync(1, disk))
        {
            var applied = await first.ApplyAsync(
            [
                new(new Metadata { Name = "store" }, new DatastoreSpec()),
                new(new Metadata { Name = "small" }, new ImageSpec { Datastore = "store", Kernel = "k", Initrd = "i" }),
                new(new Metadata { Name = "db" }, vm),
            ]);
            Assert.Empty(applied.Errors);
            await first.Runner.OrderAsync(
                id => new BusyOrder(id, new("db"), TimeSpan.FromMinutes(30), "backup", "ann"), CancellationToken.None);
            mark = first.Runner.Committed.Ledger.Instances[new("db")].Busy!;
        }

        await using var rig = await RunnerRig.OfAsync(1, disk);

        Assert.Equal(mark, rig.Runner.Committed.Ledger.Instances[new("db")].Busy);
        Assert.Equal(("backup", TimeSpan.FromMinutes(30)), (mark.Why, mark.Until - mark.At));
    }

    [Fact]
    public async Task An_adopted_state_has_the_fear_of_an_unknown_long_lease_on_record_and_goes_beyond_it()
    {
        await using var rig = await RunnerRig.OfAsync(1);
        var warden = await rig.WardenAsync("n1");
        warden.LongLease = new LongLeaseSeen(new(new(7), 3), LongLeaseName.None);
        warden.Beat();
        await Until.TrueAsync("it is overruled", () => rig.Runner.Committed.Office.Overruled is not null);

        var epoch = await rig.Runner.AdoptAsync(CancellationToken.None);

        var feared = rig.Runner.Committed.Ledger.LongLease!;
        Assert.Equal((LongLeaseState.Ending, TimeSpan.FromHours(24)), (feared.State, feared.Length));
        Assert.True(feared.Name > new LongLeaseName(new(7), 3), $"{feared.Name}");
        Assert.True(feared.Name.Epoch <= epoch, $"{feared.Name} at epoch {epoch}");
    }
}
