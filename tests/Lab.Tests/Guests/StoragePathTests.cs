using Havm.Lab.Demo;
using Havm.Lab.Ground;
using Havm.Lab.Observing;

namespace Havm.Lab.Tests.Guests;

/// <summary>SPEC 4, row 8, with real guests: one node loses its path to the datastore.</summary>
[Collection(FencedAlone.Name)]
public sealed class StoragePathTests(GuestLab lab)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task WhatADiskErrorHoldsStartsOnANodeThatReachesItsDisk()
    {
        await using var shortest = await lab.PolicyAsync("healing: {storageWait: 10s}");
        var before = await lab.WholeAsync();
        var known = before.Incidents.Select(i => i.Id).ToHashSet();
        var node = before.Instances[DemoStage.DiskOwner].Node!;
        var others = before.Instances.Values.Where(i => i.Node != node).Select(i => i.Name).ToList();
        var machines = lab.Stage.Machines();

        await lab.DoAsync("datastore", node, "gone");
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{node} says that it cannot read the datastore", 20,
            now => now.Nodes[node].Conditions.Any(c => c is { Type: "Ailing", Reason: "datastoreFails" }), Cancel));
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{DemoStage.DiskOwner} is ready elsewhere", 90,
            now => now.Instances[DemoStage.DiskOwner] is { Settled: true } moved && moved.Node != node, Cancel));

        Assert.Equal("up", (await lab.Stage.ReadAsync(Cancel)).Nodes[node].Phase);
        await lab.DoAsync("datastore", node, "heal");
        await lab.WholeAsync();
        lab.AssertUntouched(machines, others);
        await IsOnRecordAsync(node, known);
    }

    /// <summary>One incident of row 8 with its evidence and the phases of what it held, and none beside it.</summary>
    private async Task IsOnRecordAsync(string node, HashSet<string> known)
    {
        var fresh = (await lab.Stage.ReadAsync(Cancel)).Incidents.Where(i => !known.Contains(i.Id)).ToList();
        var path = Assert.Single(fresh, i => i.Kind == "storagePathLost");
        Assert.Equal(($"Node/{node}", 8, "closed"), (path.Subject, path.Row, path.Phase));
        Assert.All(
            fresh.Where(i => i.Subject == $"Instance/{DemoStage.DiskOwner}"), i => Assert.Equal(path.Id, i.PartOf));
        var way = Assert.Single(path.Instances, i => i.Instance == DemoStage.DiskOwner);
        Assert.Equal((node, "ready"), (way.From, way.Outcome));
        Assert.NotEqual(node, way.To);
        Assert.True(way.Phases is
        {
            DecideSeconds: > 5, PlaceSeconds: not null, StartSeconds: not null, GuestReadySeconds: not null,
        });
        var shown = await lab.HavmAsync("incident", "show", path.Id);
        Assert.Contains("cannot be read here", shown);
        Assert.Contains(DemoStage.DiskOwner, shown);
        Assert.Contains("8 storage", await lab.HavmAsync("report"));
    }

    /// <summary>The mount comes back, and what was open in the old one is dead for good.</summary>
    [GuestFact]
    public Task WhatHasADeadFileOpenIsBegunAnewWhereItIs() => LoseTheMountAsync((_, _) => Task.CompletedTask);

    /// <summary>
    /// A flush was under way as the mount ended: QEMU never tries another one, and says that first error for good.
    /// </summary>
    [GuestFact]
    public Task WhatWasFlushingAsItsMountEndedIsBegunAnewWhereItIs() => LoseTheMountAsync((node, machine) =>
        FlushUnderWay.AwaitAsync(lab.Plan, LabTarget.Node(lab.Plan, node), machine.Pid, Cancel));

    private async Task LoseTheMountAsync(Func<string, QemuProcess, Task> beforehand)
    {
        var before = await lab.WholeAsync();
        var owner = before.Instances[DemoStage.DiskOwner];
        var elsewhere = before.Instances.Values.Where(i => i.Node != owner.Node).Select(i => i.Name).ToList();
        var machines = lab.Stage.Machines();

        await beforehand(owner.Node!, machines[owner.Name]);
        await lab.DoAsync("datastore", owner.Node!, "gone");
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{owner.Name} is held by its disk", 20, now => now.Instances[owner.Name].Phase == "paused", Cancel));
        await lab.DoAsync("datastore", owner.Node!, "heal");
        var after = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{owner.Name} is begun anew", 60,
            now => now.Instances[owner.Name].Settled && now.Incidents.Any(i =>
                i.Kind == "diskHandleLost" && i.Subject == $"Instance/{owner.Name}" && i.ClosedAt is not null),
            Cancel));

        var now = after.Instances[owner.Name];
        Assert.Equal((owner.Node, owner.Generation), (now.Node, now.Generation));
        Assert.False(machines[owner.Name].IsAlive());
        await lab.WholeAsync();
        lab.AssertUntouched(machines, elsewhere);
    }
}
