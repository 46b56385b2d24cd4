using Havm.Lab.Client;
using Havm.Lab.Demo;
using Havm.Lab.Ground;
using Havm.Lab.Observing;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Guests;

/// <summary>
/// SPEC 5.4 and SAFETY 2 with real guests: what a node that is cut off does with each of its machines, by its own
/// clock, and that the lease's end alone is the proof by which they start elsewhere. Nobody is fenced for it. (What
/// ends at once the example's own machines show.)
/// </summary>
[Collection(IsolatedAlone.Name)]
public sealed class IsolationTests(GuestLab lab)
{
    private static readonly string[] Bound = ["pauses", "stops"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public Task EachMachineOfACutOffNodeFollowsItsPolicyAndStartsElsewhereByItsLease() => CutOffAsync(frozen: null);

    [GuestFact]
    public Task TheSameWithAnAgentThatStandsStill() => CutOffAsync(LoopScript.Agent);

    /// <summary>Nothing on the node counts the lease any more: its watchdog does, and takes the whole node.</summary>
    [GuestFact]
    public async Task AWardenThatStandsStillIsBittenByItsWatchdogAndNothingOfItsNodeGoesOn()
    {
        var (before, home) = await BeginAsync();
        await using var policy = await lab.PolicyAsync("liveness: {cutOffAfter: never}");
        var machines = lab.Stage.Machines();
        var there = before.Instances.Values.Where(i => i.Node == home).Select(i => i.Name).ToList();

        await lab.Stage.FreezeAsync(home, LoopScript.Warden);
        await lab.DoAsync("cut", home);
        await UntilAsync("the watchdog has reset the node", 60, () => there.All(name => !machines[name].IsAlive()));
        await lab.DoAsync("heal", home);
        var after = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "what the watchdog ended is begun anew", 180,
            now => there.All(name => now.Instances[name] is { Settled: true } anew
                && anew.Generation > before.Instances[name].Generation), Cancel));

        Assert.NotEqual(before.Nodes[home].BootId, after.Nodes[home].BootId);
        await EndAsync();
    }

    private async Task CutOffAsync(string? frozen)
    {
        var (before, home) = await BeginAsync();
        await using var policy = await lab.PolicyAsync("liveness: {cutOffAfter: never}");
        var machines = lab.Stage.Machines();
        if (frozen is not null)
        {
            await lab.Stage.FreezeAsync(home, frozen);
        }

        await lab.DoAsync("cut", home);
        await UntilAsync("what is to stop has stopped", 60, () => !machines["stops"].IsAlive());
        Assert.True(machines["pauses"].IsAlive());
        Assert.True(await StandsStillAsync("pauses"), "the vCPUs of what is to pause go on");
        var after = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "all that a lease binds is ready elsewhere", 180,
            now => Bound.All(name => now.Instances[name] is { Settled: true } moved && moved.Node != home), Cancel));

        Assert.All(Bound, name => Assert.False(machines[name].IsAlive(), $"{name} goes on where it was"));
        Assert.Equal("lost", after.Nodes[home].Phase);
        Assert.Equal(home, after.Instances[DemoStage.DiskOwner].Node);
        if (frozen is not null)
        {
            ProcessTrees.Of(lab.Plan, home).Signal(frozen, Machine.Continue);
        }

        await lab.DoAsync("heal", home);
        var healed = await lab.WholeAsync();
        Assert.Equal(before.Nodes[home].BootId, healed.Nodes[home].BootId);
        lab.AssertUntouched(machines, [DemoStage.DiskOwner]);
        await EndAsync();
    }

    /// <summary>One machine that pauses and one that stops, beside the one that is left running.</summary>
    private async Task<(Snapshot Before, string Home)> BeginAsync()
    {
        var whole = await lab.WholeAsync();
        var home = whole.Instances[DemoStage.DiskOwner].Node!;
        string[] objects = [Rule(home), One("pauses", "pause"), One("stops", "stop")];
        await lab.Client.ApplyAsync(string.Join("\n---\n", objects), Cancel);
        var before = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"one machine of each policy is ready on {home}", 120,
            now => now.AllReady && Bound.All(name => now.Instances.TryGetValue(name, out var one) && one.Node == home),
            Cancel));
        await lab.Client.DeleteAsync("PlacementRule", ["isolated"], Cancel);
        return (before, home);
    }

    private async Task EndAsync()
    {
        await lab.Client.DeleteAsync("VirtualMachine", Bound, Cancel);
        await lab.Stage.WaitAsync(
            "they are gone", 90, now => Bound.All(name => !now.Instances.ContainsKey(name)), Cancel);
        await lab.WholeAsync();
        Assert.Empty(lab.Observer.Violations);
    }

    private static string One(string name, string isolation) =>
        $"{{apiVersion: havm/v1, kind: VirtualMachine, metadata: {{name: {name}}}, spec: {{vcpus: 1, memory: 96MiB, "
        + $"image: lab, networks: [lab], isolation: {isolation}, failback: false}}}}";

    private static string Rule(string home) =>
        "{apiVersion: havm/v1, kind: PlacementRule, metadata: {name: isolated}, spec: "
        + $"{{pin: [{string.Join(", ", Bound)}], to: [{{node: {home}}}]}}}}";

    /// <summary>For as long as its idle guest would never be without a tick, its vCPUs have used no time.</summary>
    private async Task<bool> StandsStillAsync(string name)
    {
        long Ticks() => QemuProcessTable.Read(lab.Plan).Single(m => m.Instance == name).GuestTicks;

        for (var tries = 0; tries < 10; tries++)
        {
            var before = Ticks();
            await Task.Delay(TimeSpan.FromSeconds(2), Cancel);
            if (Ticks() == before)
            {
                return true;
            }
        }

        return false;
    }

    private static async Task UntilAsync(string what, int seconds, Func<bool> so) => Assert.True(
        await Until.TrueAsync(so, TimeSpan.FromSeconds(seconds), Cancel), $"not within {seconds} s: {what}");
}

/// <summary>A lab of their own: they cut a node off for longer than others bear.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class IsolatedAlone : ICollectionFixture<GuestLab>
{
    public const string Name = "isolated";
}
