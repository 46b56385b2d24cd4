using Havm.Lab.Client;
using Havm.Lab.Demo;
using Havm.Wire.Api;

namespace Havm.Lab.Tests.Guests;

/// <summary>
/// SPEC 5.6 and row 9 of section 4 with real guests, agents that run the real doctor, and sensors in files as a kernel
/// writes them. What an operator would do is done with `havm`.
/// </summary>
[Collection(FencedAlone.Name)]
public sealed class DiagnosisTests(GuestLab lab)
{
    private const string NodeLife = "probation: 5s, diagnoseWithin: 4m, diagnoseAgain: 1m";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task ARepairedNodeIsTrustedOnceItsDiagnosisPassesAndNotBefore()
    {
        await using var mild = await lab.PolicyAsync("prediction: {mode: observe}", NodeLife);
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var node = before.Instances[DemoStage.DiskOwner].Node!;

        await lab.HavmAsync("node", "repair", node, "--reason", "a module of memory was replaced");
        await lab.DoAsync("wear", node, "uncorrected");
        await lab.HavmAsync("node", "return", node);
        await FitnessAsync(node, "outForRepair", now => now.Diagnosis is { Outcome: "failed" });
        var shown = await lab.HavmAsync("node", "show", node);
        Assert.Contains("fail sensors memory: mc0: 1 memory errors could not be corrected", shown);
        Assert.Contains("pass accelerator", shown);
        Assert.Contains("pass datastore", shown);
        Assert.Contains("could not be corrected", await lab.HavmAsync("node", "report", node));

        // The agent looks at its sensors every few seconds, and each look counts until the next.
        await FitnessAsync(node, "outForRepair", now => now.Conditions.Any(c => c.Type == ConditionView.Wears));
        await lab.DoAsync("wear", node, "heal");
        await FitnessAsync(node, "outForRepair", now => now.Conditions.All(c => c.Type != ConditionView.Wears));
        Assert.Contains("diagnosis", await lab.HavmAsync("node", "return", node));
        await FitnessAsync(node, "fit", now => now.Diagnosis is { Outcome: "passed" });

        await lab.WholeAsync();
        lab.AssertUntouched(machines, before.Instances.Keys);
    }

    [GuestFact]
    public async Task ANodeThatWillFailIsLeftDiagnosedAndOutForRepairWithAReport()
    {
        await using var leave = await lab.PolicyAsync("prediction: {mode: moveAway}", NodeLife);
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var node = before.Instances[DemoStage.DiskOwner].Node!;
        var others = before.Instances.Values.Where(i => i.Node != node).Select(i => i.Name).ToList();

        await lab.DoAsync("wear", node, "corrected");
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"nothing runs on {node}, and all is ready elsewhere", 240,
            now => now.AllReady && now.Instances.Values.All(i => i.Node != node), Cancel));
        await FitnessAsync(node, "outForRepair", now => now.Phase == "up");

        var report = await lab.HavmAsync("node", "report", node);
        Assert.Contains("mc0: 500 memory errors were corrected within the last hour", report);
        Assert.Contains("nodeWillFail", report);
        var predicted = await IncidentAsync(node, now => now.ClosedAt is null && now.Phase == "watched");
        Assert.All(predicted.Instances, way => Assert.True(
            way is { Outcome: "ready", Phases: { PlaceSeconds: not null, StartSeconds: not null } }, way.Instance));
        Assert.Contains($"havm node return {node}", await lab.HavmAsync("incident", "show", predicted.Id));
        lab.AssertUntouched(machines, others);

        await lab.DoAsync("wear", node, "heal");
        await FitnessAsync(node, "outForRepair", now => now.Conditions.All(c => c.Type != ConditionView.Wears));
        await lab.HavmAsync("node", "return", node);
        await FitnessAsync(node, "fit", now => now.Diagnosis is { Outcome: "passed" });
        await IncidentAsync(node, now => now.ClosedAt is not null);
        Assert.Contains("9 prediction", await lab.HavmAsync("report"));
        await lab.WholeAsync();
    }

    private async Task<IncidentView> IncidentAsync(string node, Func<IncidentView, bool> also)
    {
        bool Is(IncidentView one) => one.Kind == "nodeWillFail" && one.Subject == $"Node/{node}" && also(one);
        var seen = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"the incident of {node} stands so", 60, now => now.Incidents.Any(Is), Cancel));
        return seen.Incidents.Last(Is);
    }

    private Task<Snapshot> FitnessAsync(string node, string fitness, Func<NodeView, bool> also) =>
        lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{node} is {fitness}", 300, now => now.Nodes[node].Fitness == fitness && also(now.Nodes[node]), Cancel));
}
