using Havm.Lab.Client;
using Havm.Lab.Demo;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Guests;

/// <summary>What Havm promises, with real guests, and what it must leave alone.</summary>
[Collection(GuestsAlone.Name)]
public sealed class PromiseTests(GuestLab lab)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Steps => [.. DemoScript.StepNames];

    /// <summary>The demo's steps are stories of their own: every check of theirs must hold here too.</summary>
    [GuestTheory]
    [MemberData(nameof(Steps))]
    public async Task EveryPromiseOfTheDemoIsKept(string name)
    {
        await lab.WholeAsync();
        lab.Stage.Begin();
        await DemoScript.StepOf(name).RunAsync(lab.Stage, sabotaged: false, Cancel);
        await lab.Stage.CheckAlwaysAsync(Cancel);
        Assert.True(lab.Stage.Checks.Count > 3, $"{name} checked only {lab.Stage.Checks.Count} things");
        Assert.All(lab.Stage.Checks, check => Assert.True(check.Passed, check.What));
        await lab.WholeAsync();
    }

    [GuestFact]
    public async Task AFrozenAgentHarmsNothing()
    {
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var node = before.Instances[DemoStage.DiskOwner].Node!;
        await lab.Stage.FreezeAsync(node, LoopScript.Agent);
        await lab.Stage.WaitAsync(
            "the agent is noticed", 30,
            now => now.Open.Any(i => i.Kind == "agentDown" && i.Subject == $"Node/{node}"), Cancel);
        ProcessTrees.Of(lab.Plan, node).Signal(LoopScript.Agent, Machine.Continue);
        var after = await lab.WholeAsync();
        Assert.All(after.Instances.Values, now => Assert.Equal(before.Instances[now.Name].Generation, now.Generation));
        lab.AssertUntouched(machines, before.Instances.Keys);
    }

    /// <summary>A cable cut, the BMC says On, the datastore heartbeat goes on: cut off, not dead.</summary>
    [GuestFact]
    public async Task ACutCableHoldsHealsAndRestartsNothing()
    {
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();

        // A machine that no lease ends: whatever happens to it here, somebody did on purpose.
        var node = before.Instances[DemoStage.DiskOwner].Node!;
        var bound = before.Instances.Values
            .Where(i => i.Node == node && i.Isolation != "leaveRunning").Select(i => i.Name);
        await using (await lab.CutAsync(node))
        {
            await lab.Stage.WaitAsync(
                $"{node} counts as cut off", 30,
                now => now.Open.Any(i => i.Kind == "nodeCutOff" && i.Subject == $"Node/{node}" && i.Proof is null),
                Cancel);
            Assert.True(machines[DemoStage.DiskOwner].IsAlive());
        }

        var after = await lab.WholeAsync();
        Assert.Equal(before.Instances[DemoStage.DiskOwner].Generation, after.Instances[DemoStage.DiskOwner].Generation);
        lab.AssertUntouched(machines, before.Instances.Keys.Except(bound));
    }

    /// <summary>
    /// A BMC that begins to lie as the cable is cut: nothing but the datastore heartbeat can say that the node lives.
    /// </summary>
    [GuestFact]
    public async Task ABmcThatBeginsToLieAsTheCableIsCutProvesNothing()
    {
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var node = before.Instances[DemoStage.DiskOwner].Node!;
        await Task.WhenAll(lab.DoAsync("bmc", node, "lying"), lab.DoAsync("cut", node));
        var judged = await lab.Stage.WaitAsync(
            $"{node} counts as cut off, and its BMC is not believed", 30,
            now => now.Open.Any(i => i.Kind == "nodeCutOff" && i.Subject == $"Node/{node}")
                && now.Nodes[node].Bmc is { Power: "off" }, Cancel);
        Assert.All(judged.Open, incident => Assert.Null(incident.Proof));
        await lab.DoAsync("bmc", node, "ok");
        await lab.DoAsync("heal", node);
        var after = await lab.WholeAsync();
        Assert.Equal(before.Instances[DemoStage.DiskOwner].Generation, after.Instances[DemoStage.DiskOwner].Generation);
        lab.AssertUntouched(machines, [DemoStage.DiskOwner]);
        Assert.Empty(lab.Observer.Violations);
        await EndLiarsBootAsync(node, before);
    }

    /// <summary>A BMC that says Off while its node speaks is never believed again for that boot.</summary>
    [GuestFact]
    public async Task ALyingBmcProvesNothing()
    {
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var node = before.Instances[DemoStage.DiskOwner].Node!;
        await lab.DoAsync("bmc", node, "lying");

        // A lie shows by what the node says after it: some beats must have come since the reading.
        await lab.Stage.WaitAsync(
            "Off is read while the node goes on speaking", 120,
            now => now.Nodes[node] is { Bmc: { Power: "off", Confirmed: { } read }, Confirmed: { } spoke }
                && spoke.At - read.At > TimeSpan.FromSeconds(5), Cancel);
        await lab.DoAsync("cut", node);
        var judged = await lab.Stage.WaitAsync(
            $"{node} is judged", 30, now => now.Open.Any(i => i.Subject == $"Node/{node}"), Cancel);
        Assert.All(judged.Open, incident => Assert.Null(incident.Proof));
        Assert.Equal(node, judged.Instances[DemoStage.DiskOwner].Node);
        await lab.DoAsync("heal", node);
        await lab.DoAsync("bmc", node, "ok");
        var after = await lab.WholeAsync();
        Assert.Equal(before.Instances[DemoStage.DiskOwner].Generation, after.Instances[DemoStage.DiskOwner].Generation);
        lab.AssertUntouched(machines, [DemoStage.DiskOwner]);
        Assert.Empty(lab.Observer.Violations);

        await EndLiarsBootAsync(node, before);
    }

    /// <summary>
    /// Whoever lied once about a boot is not believed about it again: only an operator's word ends this one.
    /// </summary>
    private async Task EndLiarsBootAsync(string node, Snapshot before)
    {
        await lab.DoAsync("power-off", node);
        await ConfirmDeadAsync(node);
        await lab.Stage.WaitAsync(
            "the operator's word frees the instance", 90,
            now => now.AllReady && now.Instances[DemoStage.DiskOwner].Generation
                == before.Instances[DemoStage.DiskOwner].Generation + 1, Cancel);
        await lab.DoAsync("power-on", node);
        await lab.WholeAsync();
    }

    /// <summary>Refused as long as any evidence of the boot is fresh; then taken.</summary>
    private async Task ConfirmDeadAsync(string node)
    {
        var refused = 0;
        await lab.Stage.WaitAsync($"{node} is judged", 60, now => now.Nodes[node].Phase == "lost", Cancel);
        var boot = (await lab.Stage.ReadAsync(Cancel)).Nodes[node].BootId!;
        while (true)
        {
            try
            {
                await lab.Client.ConfirmDeadAsync(node, boot, Cancel);
                return;
            }
            catch (ApiRefusal refusal) when (refused++ < 100)
            {
                Assert.Equal(System.Net.HttpStatusCode.Conflict, refusal.Status);
                await Task.Delay(TimeSpan.FromMilliseconds(200), Cancel);
            }
        }
    }
}
