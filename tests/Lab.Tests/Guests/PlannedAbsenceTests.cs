using System.Diagnostics;
using Havm.Core.Leases;
using Havm.Lab.Demo;
using Havm.Lab.Ground;
using Havm.Lab.Tools;
using Havm.Model;

namespace Havm.Lab.Tests.Guests;

/// <summary>The controller or a node goes away on purpose, with real guests.</summary>
[Collection(GuestsAlone.Name)]
public sealed class PlannedAbsenceTests(GuestLab lab)
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(5);

    /// <summary>By then a lease that nothing renews has ended whatever it binds.</summary>
    private static readonly TimeSpan Outage = LeaseTerms.Default.L(IsolationPolicy.PowerOff)!.Value;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task WithALongLeaseWhatIsBoundOutlivesAStoppedController()
    {
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        await lab.Client.HoldAsync(Length, Cancel);
        await lab.Stage.WaitAsync("every node holds the long lease", 20, _ => IsHeldByAll(), Cancel);

        await lab.DoAsync("stop-controller");
        var away = Stopwatch.StartNew();
        while (away.Elapsed < Outage)
        {
            Assert.All(machines.Values, machine => Assert.True(machine.IsAlive(), $"{machine.Instance} ended"));
            await Task.Delay(TimeSpan.FromMilliseconds(200), Cancel);
        }

        await lab.DoAsync("start-controller");
        var after = await lab.WholeAsync();
        Assert.All(after.Instances.Values, now => Assert.Equal(before.Instances[now.Name].Generation, now.Generation));
        lab.AssertUntouched(machines, machines.Keys);
        await lab.Client.ReleaseAsync(Cancel);
        await lab.Stage.WaitAsync("every node has acknowledged its end", 20, _ => IsAcknowledgedByAll(), Cancel);
        Assert.Empty(lab.Observer.Violations);
    }

    [GuestFact]
    public async Task WithoutOneWhatIsBoundEndsAndTheRestLives()
    {
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var bound = before.Instances.Values.Where(i => i.Isolation == "powerOff").Select(i => i.Name).ToHashSet();
        Assert.NotEmpty(bound);

        await lab.DoAsync("stop-controller");
        Assert.True(await Until.TrueAsync(
            () => bound.All(name => !machines[name].IsAlive()), TimeSpan.FromSeconds(60), Cancel));
        Assert.All(machines.Where(m => !bound.Contains(m.Key)), m => Assert.True(m.Value.IsAlive()));
        await lab.DoAsync("start-controller");

        await lab.WholeAsync();
        Assert.Empty(lab.Observer.Violations);
    }

    [GuestFact]
    public async Task AnAnnouncedShutdownGivesNoVerdictAndANewBootEndsIt()
    {
        await using var held = await lab.PolicyAsync("maintenance: {onShutdown: hold}");
        var before = await lab.WholeAsync();
        var node = before.Instances[DemoStage.DiskOwner].Node!;

        await lab.DoAsync("power-off", node, "--orderly");

        // Silent and read Off: what an unannounced cut is fenced and recovered for.
        var off = await lab.Stage.WaitAsync(
            $"{node} is off", 60,
            now => now.Nodes[node] is { Bmc: { Power: "off", Confirmed: { } read }, Confirmed: { } spoke }
                && read.At - spoke.At > TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal("downByOrder", off.Nodes[node].Phase);
        Assert.Equal(node, off.Instances[DemoStage.DiskOwner].Node);
        Assert.Equal(
            before.Instances[DemoStage.DiskOwner].Generation, off.Instances[DemoStage.DiskOwner].Generation);
        Assert.DoesNotContain(off.Open, incident => incident.Subject == $"Node/{node}");
        await lab.DoAsync("power-on", node);
        await lab.WholeAsync();
        Assert.Empty(lab.Observer.Violations);
    }

    private bool IsHeldByAll() => lab.Client.StatusAsync(Cancel).GetAwaiter().GetResult()
        .LongLease is { State: "granted", Missing: [] } held && held.Holding.Length == lab.Plan.Nodes.Count;

    private bool IsAcknowledgedByAll() => lab.Client.StatusAsync(Cancel).GetAwaiter().GetResult()
        .LongLease is null or { State: "ending", Missing: [] };
}
