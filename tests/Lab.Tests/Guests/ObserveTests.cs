using Havm.Lab.Demo;

namespace Havm.Lab.Tests.Guests;

/// <summary>A rule that only observes, with real guests: a node that would be fenced, and is when it acts.</summary>
[Collection(SparedAlone.Name)]
public sealed class ObserveTests(GuestLab lab)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task WhileFencingObservesACutOffNodeIsLeftAloneAndSaidToBeDueAndItIsFencedOnceFencingActs()
    {
        await using var observes = await lab.PolicyAsync("liveness: {cutOffAfter: 10s}, observe: [fencing]");
        var before = await lab.WholeAsync();
        var name = before.Instances[DemoStage.DiskOwner].Node!;
        var machines = lab.Stage.Machines();
        var from = (await lab.Client.StatusAsync(Cancel)).AtEvent;

        await using var cut = await lab.CutAsync(name);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{name} would be fenced", 90,
            now => now.Open.Any(i => i.Subject == $"Node/{name}" && i.Holds.Any(hold => hold.Guard == "observeGuard")),
            Cancel));

        var status = await lab.Client.StatusAsync(Cancel);
        var fencing = Assert.Single(status.Observing);
        Assert.Equal("fencing", fencing.Rule);
        Assert.Contains(name, Assert.Single(fencing.Would));
        Assert.Contains(await lab.Client.EventsAsync(from, Cancel), e => e.Name == "wouldHaveActed");
        Assert.DoesNotContain(await lab.Client.EventsAsync(from, Cancel), e => e.Name == "fenceOrdered");
        lab.AssertUntouched(machines, [DemoStage.DiskOwner]);

        await using var acts = await lab.PolicyAsync("liveness: {cutOffAfter: 10s}");
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{DemoStage.DiskOwner} is ready elsewhere", 90,
            now => now.Instances[DemoStage.DiskOwner] is { Settled: true } moved && moved.Node != name, Cancel));

        await cut.DisposeAsync();
        await lab.WholeAsync();
        Assert.Empty(lab.Observer.Violations);
    }
}
