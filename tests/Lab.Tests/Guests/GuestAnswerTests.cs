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
        await using var management = await new GrayFaults(lab.Plan).CutManagementAsync(
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

        await using var cut = await lab.CutAsync(name);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{DemoStage.DiskOwner} is ready elsewhere", 120,
            now => now.Instances[DemoStage.DiskOwner] is { Settled: true } moved && moved.Node != name, Cancel));
        Assert.Empty(lab.Observer.Violations);

        await management.DisposeAsync();
        await cut.DisposeAsync();
        await lab.WholeAsync();
    }

    /// <summary>
    /// The verdict tells a node that has some network from one that has none, by its own word beside its heartbeat and
    /// by what its neighbours reach; an isolation address that nobody has is told before it would be needed.
    /// </summary>
    [GuestFact]
    public async Task ANodeThatOnlyItsControllerCannotReachIsPartitionedAndOneWithoutItsCableIsIsolated()
    {
        const string nobody = "10.77.0.99";
        await using var patient = await lab.PolicyAsync(
            $"liveness: {{cutOffAfter: never, isolationAddresses: [{LabNetwork.BalancerAddress}, {nobody}]}}");
        var before = await lab.WholeAsync();
        var name = before.Instances[DemoStage.DiskOwner].Node!;
        var machines = lab.Stage.Machines();
        await lab.Stage.WaitAsync("the address that nobody has is told by each node", 90,
            now => now.Nodes.Values.All(node => node.Conditions.Any(
                c => c is { Type: "IsolationAddress", Status: "false" } && c.Message.Contains(nobody))), Cancel);
        var risk = Assert.Single(
            (await lab.Client.StatusAsync(Cancel)).Risks, risk => risk.Message.Contains("isolation address"));
        Assert.Contains($"{nobody} has not answered {before.Nodes.Count} of {before.Nodes.Count} nodes", risk.Message);

        await using (await new GrayFaults(lab.Plan).CutFromControllerAsync(
            lab.Plan.Nodes.Single(node => node.Name == name)))
        {
            var evidence = await VerdictAsync(name, "partitioned");
            Assert.Contains(evidence, fact => fact.Contains($"reaches isolation address {LabNetwork.BalancerAddress}"));
            Assert.Contains(evidence, fact => fact.Contains(" reaches it at "));
        }

        await lab.WholeAsync();
        await using (await lab.CutAsync(name))
        {
            Assert.Contains(await VerdictAsync(name, "isolated"), fact => fact.StartsWith("it answers nobody at "));
        }

        await lab.WholeAsync();
        lab.AssertUntouched(machines, [DemoStage.DiskOwner]);
        Assert.Empty(lab.Observer.Violations);
    }

    /// <summary>Waits until a node is found to be cut off so.</summary>
    /// <returns>The facts that rests on.</returns>
    private async Task<IReadOnlyList<string>> VerdictAsync(string node, string verdict)
    {
        var judged = await lab.ToldAsync(() => lab.Stage.WaitAsync($"{node} is found {verdict}", 60,
            now => now.Nodes[node].Conditions.Any(c => c.Type == "Verdict" && c.Reason == verdict), Cancel));
        return [.. judged.Nodes[node].Reason!.Evidence.Select(fact => fact.Message)];
    }
}
