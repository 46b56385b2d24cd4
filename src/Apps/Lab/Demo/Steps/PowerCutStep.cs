using Havm.Lab.Client;
using Havm.Lab.Ground;

namespace Havm.Lab.Demo.Steps;

/// <summary>A node loses its power and its BMC says so.</summary>
internal sealed class PowerCutStep : IDemoStep
{
    private const int RecoverySeconds = 90;
    private const int JoinSeconds = 60;

    public string Name => "power-cut";

    public string Promise =>
        "a node's instances are ready elsewhere, one generation up, on the proof of its power; "
            + "the others are not touched";

    /// <summary>
    /// The BMC dies with the node, so nothing proves it off and its instances must stay where they are.
    /// </summary>
    public string Sabotage => "dead-bmc";

    public async Task RunAsync(DemoStage stage, bool sabotaged, CancellationToken cancel)
    {
        var before = await stage.ReadAsync(cancel);
        var machines = stage.Machines();

        // The node of the machine with a disk: the cut must cost none of its records.
        var node = LabTarget.Parse(stage.Plan, before.Instances[DemoStage.DiskOwner].Node!);
        var lost = before.Instances.Values.Where(instance => instance.Node == node.Name).ToList();
        await stage.PowerOffAsync(node, withBmc: sabotaged);

        var after = await stage.WaitAsync(
            $"{string.Join(", ", lost.Select(instance => instance.Name))} ready elsewhere, the incident closed",
            RecoverySeconds,
            now => now.AllReady && !now.Open.Any() && lost.All(was => now.Instances[was.Name].Node != node.Name),
            cancel);
        var incidents = stage.Tell(before, after, "nodeFailed");
        foreach (var was in lost)
        {
            var now = after.Instances[was.Name];
            stage.Check(
                now.Generation == was.Generation + 1 && now.Node != node.Name,
                $"{was.Name}: {was.Node} -> {now.Node}, generation {was.Generation} -> {now.Generation}");
        }

        stage.CheckUntouched(machines, before.Instances.Keys.Except(lost.Select(instance => instance.Name)));
        stage.Check(
            incidents is [{ Proof.Method: "provenByPower" }],
            "one incident, proven by power: "
                + $"{string.Join(", ", incidents.Select(i => $"{i.Id} {i.Proof?.Method ?? "unproven"}"))}");
        await stage.PowerOnAsync(node);
        var back = await stage.WaitAsync(
            $"{node.Name} up again", JoinSeconds, now => now.Nodes[node.Name].Phase == "up", cancel);
        stage.Check(
            back.Nodes[node.Name].Instances.IsEmpty
                && stage.Machines().Values.All(machine => machine.Node != node.Name),
            $"{node.Name} is up again and starts nothing of what it held");
    }
}
