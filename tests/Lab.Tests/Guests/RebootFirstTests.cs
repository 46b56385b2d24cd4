using Havm.Lab.Demo;

namespace Havm.Lab.Tests.Guests;

/// <summary>SPEC 5.5 with real guests and a BMC: the node first, and what ran there where it was.</summary>
[Collection(GuestsAlone.Name)]
public sealed class RebootFirstTests(GuestLab lab)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task ANodeWithoutPowerIsPoweredOnByItsBmcAndWhatRanThereStartsThereAgain()
    {
        await using var first = await lab.PolicyAsync("recovery: {mode: rebootFirst, rebootWait: 10m}");
        var before = await lab.WholeAsync();
        var node = before.Instances[DemoStage.DiskOwner].Node!;
        var here = before.Instances.Values.Where(i => i.Node == node).Select(i => i.Name).ToList();

        await lab.DoAsync("power-off", node);
        await lab.Stage.WaitAsync($"{node} is proven off", 60, now => now.Nodes[node].Phase == "dead", Cancel);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "what ran there is ready there again", 240,
            now => now.AllReady && now.Nodes[node].Phase == "up"
                && here.All(name => now.Instances[name].Node == node), Cancel));

        Assert.Empty(lab.Observer.Violations);
    }
}
