using System.Diagnostics;
using Havm.Core.Leases;
using Havm.Lab.Demo;
using Havm.Lab.Ground;
using Havm.Lab.Tools;
using Havm.Model;

namespace Havm.Lab.Tests.Guests;

/// <summary>
/// SPEC 5.7 and 6 with real guests: automation off, instances left to people, and what people do then.
/// </summary>
[Collection(FencedAlone.Name)]
public sealed class HandsOffTests(GuestLab lab)
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task FrozenNothingIsStartedAndNoLeaseEndsAnything()
    {
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var dead = before.Instances.Values.First(i => i.Isolation == "leaveRunning").Name;
        await lab.Client.DisarmAsync("freeze", Length, Cancel);
        await AcknowledgedAsync("inForce");

        await lab.DoAsync("kill-vm", dead);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{dead} is told as ended, and why it is left so", 30,
            now => now.Instances[dead].Reason?.Message.Contains("once automation is on again") == true, Cancel));
        await lab.DoAsync("stop-controller");
        var away = Stopwatch.StartNew();
        while (away.Elapsed < LeaseTerms.Default.L(IsolationPolicy.PowerOff)!.Value)
        {
            Assert.All(
                machines.Values.Where(m => m.Instance != dead),
                machine => Assert.True(machine.IsAlive(), $"{machine.Instance} ended"));
            Assert.DoesNotContain(dead, lab.Stage.Machines().Keys);
            await Task.Delay(TimeSpan.FromMilliseconds(200), Cancel);
        }

        await lab.DoAsync("start-controller");
        await AcknowledgedAsync("inForce");
        await lab.Client.ArmAsync(Cancel);
        await lab.WholeAsync();
        lab.AssertUntouched(machines, machines.Keys.Except([dead]));
    }

    [GuestFact]
    public async Task FrozenALostNodeIsNeitherFencedNorReplacedUntilAutomationIsOnAgain()
    {
        var before = await lab.WholeAsync();
        var node = before.Instances[DemoStage.DiskOwner].Node!;
        var machines = lab.Stage.Machines();
        await lab.Client.DisarmAsync("freeze", Length, Cancel);
        await AcknowledgedAsync("inForce");

        await lab.DoAsync("power-off", node);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{node} is known to be dead", 60, now => now.Nodes[node].Phase is "dead" or "lost", Cancel));
        await lab.ToldAsync(() => lab.Stage.WaitAsync("what is not done is told", 30, _ => IsHeld(), Cancel));
        Assert.DoesNotContain(DemoStage.DiskOwner, lab.Stage.Machines().Keys);

        await lab.Client.ArmAsync(Cancel);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{DemoStage.DiskOwner} is ready elsewhere", 60,
            now => now.AllReady && now.Instances[DemoStage.DiskOwner].Node != node, Cancel));
        await lab.DoAsync("power-on", node);
        await lab.WholeAsync();
        lab.AssertUntouched(machines, before.Instances.Values.Where(i => i.Node != node).Select(i => i.Name));
    }

    [GuestFact]
    public async Task AnUnmanagedInstanceIsLeftAsItIsUntilItIsTakenBack()
    {
        await lab.WholeAsync();
        await lab.Client.UnmanageAsync(DemoStage.DiskOwner, Cancel);
        await lab.Stage.WaitAsync(
            "it is left to people", 20, now => now.Instances[DemoStage.DiskOwner].Phase == "unmanaged", Cancel);

        await lab.DoAsync("kill-vm", DemoStage.DiskOwner);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "its end is told", 30,
            now => now.Instances[DemoStage.DiskOwner].Reason?.Message.Contains("its process ended") == true, Cancel));

        // Whatever else the cluster does, in any round that comes: it is not started.
        const string Other = "shop-worker-0";
        var old = lab.Stage.Machines()[Other];
        await lab.DoAsync("kill-vm", Other);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "another instance is repaired meanwhile", 60,
            now => now.AllReady && lab.Stage.Machines().GetValueOrDefault(Other) is { } fresh && fresh.Pid != old.Pid,
            Cancel));
        Assert.DoesNotContain(DemoStage.DiskOwner, lab.Stage.Machines().Keys);

        await lab.Client.StartAsync(DemoStage.DiskOwner, Cancel);
        await lab.WholeAsync();
    }

    [GuestFact]
    public async Task WhatIsMovedByHandIsAdoptedWhereItRuns()
    {
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var from = before.Instances[DemoStage.DiskOwner].Node!;

        // One that it was never taken from: there it would be ended, for what was withdrawn stays so.
        var to = before.Nodes.Keys.Order().Last(node => node != from);
        await lab.Client.DisarmAsync("hands-off", Length, Cancel);
        await AcknowledgedAsync("inForce");

        await lab.DoAsync("move-by-hand", DemoStage.DiskOwner, to);
        var moved = lab.Stage.Machines()[DemoStage.DiskOwner];
        Assert.Equal(to, moved.Node);
        await lab.Client.ArmAsync(Cancel);
        var after = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "its seat has followed", 60, now => now.AllReady && now.Instances[DemoStage.DiskOwner].Node == to, Cancel));

        Assert.Equal(
            before.Instances[DemoStage.DiskOwner].Generation, after.Instances[DemoStage.DiskOwner].Generation);
        await lab.WholeAsync();
        Assert.True(moved.IsAlive());
        lab.AssertUntouched(machines, machines.Keys.Except([DemoStage.DiskOwner]));
    }

    private async Task AcknowledgedAsync(string state) => Assert.True(await Until.TrueAsync(
        () => lab.Client.StatusAsync(Cancel).GetAwaiter().GetResult().Disarm is { Missing: [] } word
            && word.State == state,
        TimeSpan.FromSeconds(30), Cancel));

    private bool IsHeld() => lab.Client.StatusAsync(Cancel).GetAwaiter().GetResult()
        .Guards.Any(guard => guard is { Name: "disarmGuard", Holding: true });
}
