using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Lab.Running;
using Havm.Wire.Api;

namespace Havm.Bench;

/// <summary>How much `./bench fence` does.</summary>
/// <param name="Runs">Nodes fenced, 1 to 70.</param>
/// <param name="Images">Directory of the lab's guest image.</param>
/// <param name="Lab">The lab's name.</param>
/// <param name="Json">One JSON object per figure instead of rows.</param>
public sealed record FencePlan(int Runs, string? Images, string Lab, bool Json)
{
    public string Command => $"./bench fence --runs {Runs}";
}

/// <summary>
/// Nodes that have power and are dead to everybody: no network and no datastore, so that they have to be fenced. How
/// long the verdict takes, and how long it takes from there until the BMC has proven that the node is off; and of that,
/// how much the machine needs to go off, which no controller can make shorter.
/// </summary>
internal static class FenceBench
{
    /// <summary>
    /// No more nodes are fenced in ten minutes than the largest rack holds, so that each lab gives so many samples.
    /// </summary>
    private const int NodesPerRack = 3;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(FencePlan plan, CancellationToken cancel)
    {
        var figures = Console.Out;
        Console.SetOut(Console.Error);
        List<double> decided = [], proven = [], gone = [];
        while (proven.Count < plan.Runs)
        {
            await using var session = await BenchLab.StartAsync(
                "bench fence", plan.Lab, plan.Images, null, "", cancel, NodesPerRack);
            for (var round = 0; round < NodesPerRack && proven.Count < plan.Runs; round++)
            {
                var (began, off, incident) = await FenceAsync(session, round, cancel);
                var proof = incident.Proof!.At.At;
                proven.Add(incident.Phases.FenceSeconds!.Value);
                decided.Add((proof - began).TotalSeconds - proven[^1]);
                gone.Add((proof - off).TotalSeconds);
                Console.Error.WriteLine(
                    $"fence {proven.Count} of {plan.Runs}: decided after {decided[^1]:0.00} s, "
                        + $"proven {proven[^1]:0.00} s later, {gone[^1]:0.00} s after the machine was off");
            }
        }

        Figure[] all =
        [
            Figure.Of("fence.silentToOrdered", decided, "s", plan.Command),
            Figure.Of("fence.orderedToProven", proven, "s", plan.Command),
            Figure.Of("fence.offToProven", gone, "s", plan.Command),
        ];
        foreach (var figure in all)
        {
            figures.WriteLine(plan.Json ? figure.ToJson() : figure.ToRow());
        }

        return 0;
    }

    private static async Task<(DateTimeOffset Began, DateTimeOffset Off, IncidentView Incident)> FenceAsync(
        LabSession session, int round, CancellationToken cancel)
    {
        var before = await NodeCut.ReadyAsync(session.Client, cancel);
        var known = before.Incidents.Select(i => i.Id).ToHashSet();
        var holders = session.Plan.Nodes.Where(n => before.Nodes[n.Name].Instances.Length > 0).ToList();
        var node = holders[round % holders.Count];
        var cuts = new NetworkCuts(session.Plan, new LabNetwork(session.Plan));
        var target = LabTarget.Parse(session.Plan, node.Name);
        var off = OffAsync(new NodePower(session.Plan), node, cancel);
        var began = DateTimeOffset.UtcNow;
        await cuts.CutAsync(target, CableCut.Both);
        new DatastoreFaults(session.Plan).Lose(node);
        try
        {
            var closed = await NodeCut.ClosedAsync(
                session.Client, known, i => i.Subject == $"Node/{node.Name}" && i.Proof is not null, cancel);
            return (began, await off, closed);
        }
        finally
        {
            // The node itself is powered on again by the controller that fenced it.
            await cuts.HealAsync(target);
        }
    }

    /// <summary>When the chassis has noted that nothing of a node is left: it is on again a moment later.</summary>
    private static async Task<DateTimeOffset> OffAsync(NodePower power, NodePlan node, CancellationToken cancel)
    {
        while (true)
        {
            if (power.Read(node) is { Power: PowerState.Off, BootId.Length: > 0 } record)
            {
                return new DateTimeOffset(DateTime.SpecifyKind(record.Since, DateTimeKind.Utc));
            }

            await Task.Delay(Look, cancel);
        }
    }
}
