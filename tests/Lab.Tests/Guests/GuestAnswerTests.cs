using Havm.Lab.Demo;
using Havm.Lab.Ground;

namespace Havm.Lab.Tests.Guests;

/// <summary>SAFETY 4 with real guests: those of a cut-off node that answer hold its fence.</summary>
[Collection(SparedAlone.Name)]
public sealed class GuestAnswerTests(GuestLab lab)
{
    private const double LongerThanCutOffAfter = 25;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task ANodeWhoseManagementAloneIsCutIsSparedWhileItsGuestsAnswerAndFencedOnceTheyAreCutOffToo()
    {
        await using var soon = await lab.PolicyAsync("liveness: {cutOffAfter: 10s}");
        var before = await lab.WholeAsync();
        var name = before.Instances[DemoStage.DiskOwner].Node!;
        var machines = lab.Stage.Machines();
        var from = (await lab.Client.StatusAsync(Cancel)).AtEvent;
        var management = await new GrayFaults(lab.Plan).CutManagementAsync(
            lab.Plan.Nodes.Single(node => node.Name == name));

        var spared = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"the fence of {name} is held for longer than cutOffAfter", 90,
            now => now.Open.Any(i => i.Subject == $"Node/{name}" && i.Holds.Any(hold =>
                hold.Guard == "guestGuard" && hold.Until is null && hold.Since.AgeSeconds > LongerThanCutOffAfter)),
            Cancel));

        Assert.Equal("lost", spared.Nodes[name].Phase);
        Assert.Contains(spared.Nodes[name].Conditions, c => c is { Type: "GuestsAnswer", Status: "true" });
        Assert.DoesNotContain(await lab.Client.EventsAsync(from, Cancel), e => e.Name == "fenceOrdered");
        lab.AssertUntouched(machines, [DemoStage.DiskOwner]);

        await lab.DoAsync("cut", name);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{DemoStage.DiskOwner} is ready elsewhere", 120,
            now => now.Instances[DemoStage.DiskOwner] is { Settled: true } moved && moved.Node != name, Cancel));
        Assert.Empty(lab.Observer.Violations);

        await management.DisposeAsync();
        await lab.DoAsync("heal", name);
        await lab.WholeAsync();
    }
}
