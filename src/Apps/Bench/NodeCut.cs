using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Lab.Running;
using Havm.Wire.Api;

namespace Havm.Bench;

/// <summary>One node's power was cut, and what ran there runs elsewhere.</summary>
/// <param name="Victim">Off still.</param>
/// <param name="At">When its power was cut.</param>
/// <param name="Incident">Closed, with all its times.</param>
internal sealed record NodeCut(NodePlan Victim, DateTimeOffset At, IncidentView Incident)
{
    /// <summary>
    /// Between looks at the cluster: incidents carry their own times, and a look takes CPU from what they time.
    /// </summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Seconds from the cut to the proof of death.</summary>
    public double ToProof => (Incident.Proof!.At.At - At).TotalSeconds;

    /// <summary>For each of its instances the seconds from the cut until a QEMU ran elsewhere.</summary>
    public IEnumerable<double> ToStarted => Incident.Instances
        .Select(instance => instance.Phases)
        .Select(phases => ToProof + (phases.PlaceSeconds ?? 0) + (phases.StartSeconds ?? 0));

    /// <summary>Cuts the power of a node with one instance and waits until that one is ready again.</summary>
    /// <param name="round">Which of them, in turn.</param>
    /// <exception cref="Lab.Tools.LabFailure">It was not in time.</exception>
    public static async Task<NodeCut> TakeAsync(LabSession session, int round, CancellationToken cancel)
    {
        var before = await Snapshot.ReadAsync(session.Client, cancel);
        var holders = before.Nodes.Values.Where(n => n.Instances.Length == 1).Select(n => n.Name).Order().ToList();
        var victim = session.Plan.Nodes.Single(n => n.Name == holders[round % holders.Count]);
        var known = before.Incidents.Select(i => i.Id).ToHashSet();
        var cut = DateTimeOffset.UtcNow;
        await new NodePower(session.Plan).CutAsync([victim]);
        return new NodeCut(
            victim, cut, await ClosedAsync(session.Client, known, i => i.Subject == $"Node/{victim.Name}", cancel));
    }

    /// <summary>The node has its power again, is up, and everything is ready.</summary>
    public async Task RestoreAsync(LabSession session, CancellationToken cancel)
    {
        await new NodePower(session.Plan).TurnOnAsync(Victim);
        await ReadyAsync(session.Client, cancel);
    }

    public static Task<Snapshot> ReadyAsync(LabClient client, CancellationToken cancel) => Snapshot.WaitAsync(
        client, "every node up and every guest ready", Limit, s => s.AllUp && s.AllReady, cancel, pause: Pause);

    /// <summary>An incident that is new, over, and the one that is meant.</summary>
    public static async Task<IncidentView> ClosedAsync(
        LabClient client, HashSet<string> known, Func<IncidentView, bool> mine, CancellationToken cancel)
    {
        bool Is(IncidentView incident) =>
            !known.Contains(incident.Id) && incident.ClosedAt is not null && mine(incident);
        var seen = await Snapshot.WaitAsync(
            client, "the incident closed", Limit, s => s.Incidents.Any(Is), cancel, pause: Pause);
        return seen.Incidents.First(Is);
    }
}
