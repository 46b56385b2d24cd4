using Havm.Lab.Demo;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Guests;

/// <summary>An order whose answer nobody is there to hear.</summary>
[Collection(FencedAlone.Name)]
public sealed class LostAnswerTests(GuestLab lab)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// The lab's lock is what BMCs act under: while it is held they have taken an order and not obeyed.
    /// </summary>
    [GuestFact]
    public async Task ANodeFencedByAControllerThatDiesBeforeTheAnswerComesBack()
    {
        var before = await lab.WholeAsync();
        var node = before.Instances[DemoStage.DiskOwner].Node!;
        await lab.Stage.FreezeAsync(node, LoopScript.Agent);
        await lab.Stage.FreezeAsync(node, LoopScript.Warden);
        using (await LabLock.TakeAsync(lab.Name, Cancel))
        {
            await lab.Stage.WaitAsync(
                $"{node} is ordered off", 60,
                now => now.Nodes[node].Conditions.Any(c => c.Type == "FenceOrdered"), Cancel);
            ProcessTrees.Of(lab.Plan, LabGround.ControllerGroup).Signal(LabGround.ControllerGroup, Machine.Kill);
        }

        var after = await lab.WholeAsync();
        Assert.NotEqual(before.Nodes[node].BootId, after.Nodes[node].BootId);
        Assert.Empty(lab.Observer.Violations);
    }
}
