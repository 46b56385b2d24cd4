using System.Globalization;
using Havm.Core.Leases;
using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Lab.Demo.Steps;

/// <summary>A whole rack loses its power, its BMCs with it: nothing says that its nodes are off.</summary>
internal sealed class RackCutStep : IDemoStep
{
    private const string LeaseBound = "powerOff";
    private const int RecoverySeconds = 120;
    private const int JoinSeconds = 120;

    public string Name => "rack-cut";

    public string Promise =>
        "instances bound to a lease come back after its proof and not earlier, the others wait for one; "
            + "none ever runs twice";

    /// <summary>
    /// The rack's nodes say that they have no watchdog: the end of their lease proves nothing any more.
    /// </summary>
    public string Sabotage => "no-watchdog";

    public async Task RunAsync(DemoStage stage, bool sabotaged, CancellationToken cancel)
    {
        var before = await stage.ReadAsync(cancel);
        var rack = LabTarget.Parse(stage.Plan, before.Instances.Values
            .Where(instance => instance.Isolation == LeaseBound)
            .GroupBy(instance => instance.Rack!).MaxBy(group => group.Count())!.Key);
        var inside = before.Instances.Values.Where(instance => instance.Rack == rack.Name).ToList();
        var bound = inside.Where(instance => instance.Isolation == LeaseBound).ToList();
        if (sabotaged)
        {
            stage.Say($"do    havm apply: the nodes of {rack.Name} without a watchdog");
            await stage.Client.ApplyAsync(LabObjects.WithoutWatchdogs(stage.Plan, rack.Nodes), cancel);
        }

        var machines = stage.Machines();
        var cut = DateTime.UtcNow;
        await stage.PowerOffAsync(rack, withBmc: true);
        var moved = await stage.WaitAsync(
            $"{Names(bound)} ready in other racks", RecoverySeconds,
            now => bound.All(was => now.Instances[was.Name] is { Settled: true } here && here.Rack != rack.Name),
            cancel);
        stage.Tell(before, moved);
        CheckBound(stage, bound, moved, cut);
        CheckWaiting(stage, inside.Except(bound), moved);
        stage.CheckUntouched(machines, before.Instances.Keys.Except(inside.Select(instance => instance.Name)));
        await BringBackAsync(stage, rack, inside, cancel);
    }

    /// <summary>
    /// Nodes and BMCs at once. A power-off order that still waits for its BMC may meet the fresh boot: the controller
    /// has to make that good by itself.
    /// </summary>
    private static async Task BringBackAsync(
        DemoStage stage, LabTarget rack, IReadOnlyList<InstanceView> inside, CancellationToken cancel)
    {
        var before = await stage.ReadAsync(cancel);
        await stage.PowerOnAsync(rack);
        var whole = await stage.WholeAsync(JoinSeconds, cancel);
        stage.Tell(before, whole);
        stage.Check(
            inside.All(was => whole.Instances[was.Name].Settled),
            $"{Names(inside)} ready again: {Places(inside.Select(was => whole.Instances[was.Name]))}");
        stage.Check(
            rack.Nodes.All(node => whole.Nodes[node.Name].Phase == "up"),
            $"{string.Join(", ", rack.Nodes.Select(node => node.Name))} up again, every instance ready");
    }

    /// <summary>One generation up, and the new copy not seen before the old one's lease had ended for sure.</summary>
    private static void CheckBound(DemoStage stage, IEnumerable<InstanceView> bound, Snapshot moved, DateTime cut)
    {
        var terms = LeaseTerms.Default;
        var wait = terms.T(IsolationPolicy.PowerOff)!.Value;
        foreach (var was in bound)
        {
            var now = moved.Instances[was.Name];
            var seen = stage.Observer.Seen
                .Where(seen => seen.Key.Instance == was.Name && seen.Key.Generation > was.Generation)
                .Select(seen => seen.Value - cut).DefaultIfEmpty(TimeSpan.Zero).Min();

            // The last renewal was answered up to a heartbeat before the cut.
            stage.Check(
                now.Generation == was.Generation + 1 && seen >= wait - terms.Heartbeat,
                string.Create(CultureInfo.InvariantCulture,
                    $"{was.Name}: {was.Node} -> {now.Node}, generation {was.Generation} -> {now.Generation}, "
                        + $"new copy {seen.TotalSeconds:0.0} s after the cut (T {wait.TotalSeconds:0} s, "
                        + $"heartbeat {terms.Heartbeat.TotalSeconds:0} s)"));
        }
    }

    private static void CheckWaiting(DemoStage stage, IEnumerable<InstanceView> unbound, Snapshot moved)
    {
        foreach (var was in unbound)
        {
            var now = moved.Instances[was.Name];
            stage.Check(
                now.Generation == was.Generation,
                $"{was.Name} ({was.Isolation}) waits for a proof: {now.Phase}, generation {now.Generation}");
        }
    }

    private static string Places(IEnumerable<InstanceView> instances) =>
        string.Join(", ", instances.Select(i => $"{i.Name} on {i.Node} (generation {i.Generation})"));

    private static string Names(IEnumerable<InstanceView> instances) =>
        string.Join(", ", instances.Select(i => i.Name));
}
