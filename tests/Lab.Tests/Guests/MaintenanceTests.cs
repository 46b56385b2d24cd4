using Havm.Lab.Demo;
using Havm.Wire.Api;

namespace Havm.Lab.Tests.Guests;

/// <summary>SPEC 6 and 8 with real guests: moves by order, maintenance, and nodes that go in good order.</summary>
[Collection(GuestsAlone.Name)]
public sealed class MaintenanceTests(GuestLab lab)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task AMovedInstanceGoesOnWithItsDiskOnTheNodeThatWasNamed()
    {
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var from = before.Instances[DemoStage.DiskOwner].Node!;
        var to = before.Nodes.Keys.Order().First(node => node != from);

        await lab.Client.MoveAsync(DemoStage.DiskOwner, to, Cancel);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{DemoStage.DiskOwner} is ready on {to}", 60,
            now => now.AllReady && now.Instances[DemoStage.DiskOwner].Node == to, Cancel));

        var after = await lab.WholeAsync();
        Assert.Equal(before.Incidents.Count, after.Incidents.Count);
        await AssertWellAsync(machines, before.Instances.Keys.Where(name => name != DemoStage.DiskOwner));
    }

    [GuestFact]
    public async Task ANodeInMaintenanceIsEmptiedMayLoseItsPowerAndGetsItsInstancesBack()
    {
        await using var soon = await lab.PolicyAsync("placement: {failbackAfter: 0s}");
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var node = before.Instances[DemoStage.DiskOwner].Node!;
        var here = before.Instances.Values.Where(i => i.Node == node).Select(i => i.Name).ToList();

        await lab.Client.DrainAsync(node, true, Cancel);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{node} is safe to power off", 120, now => IsEmpty(now.Nodes[node]) && now.AllReady, Cancel));
        await lab.DoAsync("power-off", node);
        await lab.Stage.WaitAsync($"{node} rests", 60, now => now.Nodes[node].Phase == "downByOrder", Cancel);
        await lab.DoAsync("power-on", node);
        await lab.Stage.WaitAsync($"{node} is back", 100, now => now.Nodes[node].Phase == "up", Cancel);
        await lab.Client.DrainAsync(node, false, Cancel);
        var after = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "what ran there is home", 120,
            now => now.AllReady && here.All(name => now.Instances[name].Node == node), Cancel));

        Assert.Equal(before.Incidents.Count, after.Incidents.Count);
        await AssertWellAsync(machines, before.Instances.Keys.Except(here));
    }

    [GuestFact]
    public async Task AnOrderlyShutdownStartsElsewhereWhatRanThereAndFencesNobody()
    {
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var node = before.Instances[DemoStage.DiskOwner].Node!;
        var here = before.Instances.Values.Where(i => i.Node == node).Select(i => i.Name).ToList();

        await lab.DoAsync("power-off", node, "--orderly");
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "all run elsewhere", 120, now => now.AllReady && here.All(name => now.Instances[name].Node != node),
            Cancel));
        var events = await lab.Client.EventsAsync(0, Cancel);
        await lab.DoAsync("power-on", node);

        var after = await lab.WholeAsync();
        Assert.Equal(before.Incidents.Count, after.Incidents.Count);
        Assert.DoesNotContain(
            events.SkipWhile(e => e.Name != "nodeDeparting"), e => e.Name == "fenceOrdered");
        await AssertWellAsync(machines, before.Instances.Keys.Except(here));
    }

    private static bool IsEmpty(NodeView node) => node.Instances.IsEmpty
        && node.Conditions.Any(c => c is { Type: ConditionView.Drained, Status: "true" });

    /// <summary>Nothing ran twice, the disk goes on, and who had no part in it is the very process it was.</summary>
    private async Task AssertWellAsync(
        IReadOnlyDictionary<string, Observing.QemuProcess> machines, IEnumerable<string> untouched)
    {
        lab.Stage.Begin();
        lab.Stage.CheckUntouched(machines, untouched);
        await lab.Stage.CheckAlwaysAsync(Cancel);
        Assert.All(lab.Stage.Checks, check => Assert.True(check.Passed, check.What));
    }
}
