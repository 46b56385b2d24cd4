using Havm.Model;
using Havm.Wire.Node;

namespace Havm.Host.Tests;

/// <summary>A long lease on the real warden: it holds off the end, also over its kill, and no longer.</summary>
public sealed class LongLeaseProcessTests
{
    private static readonly LongLeaseName First = new(new(1), 1);

    [Fact]
    public async Task A_killed_warden_goes_on_holding_it_and_K_counts_from_its_end()
    {
        await using var rig = await NodeRig.MakeAsync();
        var first = rig.StartWarden();
        await rig.LeasedAsync();
        await rig.AskAsync(GateVerb.Floors);
        Assert.True((await rig.AskAsync(GateVerb.Permit, "web", 1, IsolationPolicy.PowerOff)).Granted);
        rig.StartSleep("web");
        await Until.TrueAsync("web lives", () => rig.IsAlive("web"));
        var length = TimeSpan.FromSeconds(8);
        rig.Controller.LongLease = new LongLeaseWord(First, length);
        await Until.TrueAsync("it is told as held", () => rig.Controller.Warden!.LongLease?.Held == First);
        var clock = System.Diagnostics.Stopwatch.StartNew();

        rig.Controller.Answering = false;
        first.Kill();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        rig.StartWarden();
        await Until.TrueAsync("web is dead", () => !rig.IsAlive("web"));

        // Told as held a few beats after it was granted; K is 2.5 s here, and no lease of its own outlasts that.
        Assert.True(clock.Elapsed > length + TimeSpan.FromSeconds(1), $"it ended after {clock.Elapsed}");
        Assert.InRange((await rig.AskAsync(GateVerb.Status)).LeaseAge!.Value.TotalSeconds, 2.5, 5);
    }

    [Fact]
    public async Task Its_end_by_order_is_acknowledged_with_the_beat_and_on_disk_by_then()
    {
        await using var rig = await NodeRig.MakeAsync();
        rig.StartWarden();
        await rig.LeasedAsync();
        rig.Controller.LongLease = new LongLeaseWord(First, TimeSpan.FromHours(1));
        await Until.TrueAsync("it is told as held", () => rig.Controller.Warden!.LongLease?.Held == First);

        rig.Controller.LongLease = new LongLeaseWord(First, null);
        await Until.TrueAsync("its end is acknowledged", () => rig.Controller.Warden!.LongLease?.Ended == First);

        Assert.Equal(LongLeaseName.None, rig.Controller.Warden!.LongLease!.Held);
        Assert.Contains("\"longLeaseEnded\":{\"epoch\":1,\"number\":1}", rig.Log("warden/ledger.json"));
    }

    [Fact]
    public async Task A_new_boot_of_the_node_holds_none_but_still_knows_what_was_ended()
    {
        await using var rig = await NodeRig.MakeAsync();
        var first = rig.StartWarden();
        await rig.LeasedAsync();
        rig.Controller.LongLease = new LongLeaseWord(First, null);
        await Until.TrueAsync("its end is acknowledged", () => rig.Controller.Warden!.LongLease?.Ended == First);
        var second = new LongLeaseName(new(1), 2);
        rig.Controller.LongLease = new LongLeaseWord(second, TimeSpan.FromHours(1));
        await Until.TrueAsync("the next is held", () => rig.Controller.Warden!.LongLease?.Held == second);
        rig.Controller.LongLease = null;

        first.Kill();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        File.WriteAllText($"{rig.Home}/boot_id", "boot-2\n");
        rig.StartWarden();
        await Until.TrueAsync("the new boot beats", () => rig.Controller.Warden!.Boot == new BootId("boot-2"));

        Assert.Equal(new LongLeaseSeen(LongLeaseName.None, First), rig.Controller.Warden!.LongLease);
    }
}
