using Havm.Lab.Client;
using Havm.Lab.Demo;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Guests;

/// <summary>SAFETY 5.3 with real guests: storage that refuses a node which nothing else can end.</summary>
[Collection(RefusedAlone.Name)]
public sealed class StorageFenceTests(GuestLab lab)
{
    private const string Refuses = "StorageRefuses";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// Its BMC is dead and its networks are gone; it lives, and its guests run. Storage refuses what it writes, and
    /// what has its disks there starts elsewhere. Only its next boot gets the storage back.
    /// </summary>
    [GuestFact]
    public async Task WhatNoBmcCanEndIsRefusedByItsStorageAndStartsElsewhere()
    {
        await using var policy = await lab.PolicyAsync("liveness: {cutOffAfter: 5s}");
        var before = await lab.WholeAsync();
        var owner = before.Instances[DemoStage.DiskOwner];
        var (home, plan) = (owner.Node!, LabTarget.Node(lab.Plan, owner.Node!));
        var others = before.Instances.Values.Where(i => i.Node != home).Select(i => i.Name).ToList();
        var machines = lab.Stage.Machines();
        await lab.Client.ApplyAsync(LabObjects.WithStorageFence(lab.Plan, plan), Cancel);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"storage says that it takes the writes of {home}", 60,
            now => now.Nodes[home].Fencing is [_, { Power: "on", Datastores: ["shared"] }], Cancel));

        await lab.DoAsync("bmc", home, "dead");
        await lab.DoAsync("cut", home);
        var after = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{owner.Name} is ready elsewhere", 120,
            now => now.Instances[owner.Name] is { Settled: true } moved && moved.Node != home, Cancel));

        Assert.Equal("lost", after.Nodes[home].Phase);
        Assert.True(StorageFence.Refuses(lab.Plan, home));
        Assert.True(machines[owner.Name].IsAlive());
        Assert.Contains(after.Nodes[home].Conditions, c => c is { Type: Refuses, Status: "true", Reason: "refusing" });
        await lab.Stage.CheckAlwaysAsync(Cancel);

        await lab.DoAsync("heal", home);
        await lab.DoAsync("bmc", home, "ok");
        var back = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{home} is up and has ended what it ran", 60,
            now => now.Nodes[home].Phase == "up" && !machines[owner.Name].IsAlive(), Cancel));
        Assert.Equal(before.Nodes[home].BootId, back.Nodes[home].BootId);
        Assert.Contains(back.Nodes[home].Conditions, c => c is { Type: Refuses, Reason: "refusing" });

        await lab.DoAsync("power-off", home);
        await lab.DoAsync("power-on", home);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"the next boot of {home} has its storage back", 90,
            now => now.Nodes[home] is { Phase: "up" } up && !up.Conditions.Any(c => c.Type is Refuses or "Ailing"),
            Cancel));
        Assert.False(StorageFence.Refuses(lab.Plan, home));
        await lab.Client.ApplyAsync(LabFiles.ReadText(lab.Plan.Paths.ClusterSpecs)!, Cancel);
        await lab.WholeAsync();
        lab.AssertUntouched(machines, others);
    }
}

/// <summary>
/// A lab of its own for a node that is refused: that is one of the two nodes that a lab lets be fenced within ten
/// minutes, and it is cut off for longer than others bear.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RefusedAlone : ICollectionFixture<GuestLab>
{
    public const string Name = "refused";
}
