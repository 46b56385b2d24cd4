using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Incidents;

/// <summary>
/// Opens incidents. Every automatic act belongs to one, so that people find cause, evidence and phases together.
/// </summary>
public static class IncidentFile
{
    /// <summary>A node fell silent for long enough to be judged.</summary>
    public static Proposal ForNode(
        Cluster cluster, NodeRecord node, NodeHeard heard, NodeVerdict? verdict, Reason why, Instant now)
    {
        var lastWell = heard.Last is { } last ? cluster.WallOf(last, now) : (DateTimeOffset?)null;
        var detected = (lastWell ?? cluster.WallOf(cluster.Office.ListeningSince, now))
            + cluster.Policy.Liveness.SuspectAfter;
        var draft = Draft(cluster, KindBy(verdict), node.Name.Value, why) with
        {
            LastWell = lastWell,
            DetectedAt = detected < cluster.Wall ? detected : cluster.Wall,
        };
        return new Proposal(new IncidentOpened(draft, node.Name), why);
    }

    /// <summary>
    /// The verdict on a node whose silence is on record already: from here on it is acted upon, so that this is what
    /// was decided, and when. Null: it tells nothing new, or what was known before was acted upon.
    /// </summary>
    public static Proposal? Judged(Cluster cluster, NodeRecord node, NodeVerdict verdict, Reason why)
    {
        if (verdict == NodeVerdict.Unknown || node is not { Phase: NodePhase.Lost, Incident: { } id }
            || cluster.Ledger.Incidents.GetValueOrDefault(id)
                is not { Open: true, FencedAt: null, ProvenAt: null } incident)
        {
            return null;
        }

        var kind = KindBy(verdict);
        return node.Verdict is null or NodeVerdict.Unknown || incident.Kind != kind
            ? new Proposal(new IncidentDecided(id, kind, why, cluster.Wall), why) { Told = false }
            : null;
    }

    /// <summary>
    /// A node is back with a new boot before it was judged: what it ran died with the old one. Null: it ran nothing.
    /// </summary>
    /// <param name="cluster">The picture.</param>
    /// <param name="node">Which.</param>
    /// <param name="freed">What ran on it and gives its seat back.</param>
    /// <param name="why">How it is known.</param>
    public static Proposal? ForReboot(
        Cluster cluster, NodeRecord node, ImmutableArray<Instance> freed, Reason why)
    {
        var ran = cluster.Ledger.Instances.Touching(node.Name)
            .Where(i => i.Seat?.Node == node.Name && i.Wanted == WantedState.Running)
            .ToImmutableSortedDictionary(i => i.Name, i => freed.Contains(i)
                ? new InstanceRecovery { From = node.Name, FreedAt = cluster.Wall }
                : new InstanceRecovery { From = node.Name, To = node.Name });
        var draft = Draft(cluster, IncidentKind.NodeRebooted, node.Name.Value, why) with { Instances = ran };
        return ran.IsEmpty ? null : new Proposal(new IncidentOpened(draft, node.Name), why);
    }

    /// <summary>
    /// What a host was repairing in place is the controller's from here on, because the host will tell no more of it:
    /// its boot is over, or the seat. It ends when the instance is ready again, wherever that is.
    /// </summary>
    /// <param name="cluster">The picture.</param>
    /// <param name="node">Whose repairs.</param>
    /// <param name="why">What took them from it.</param>
    /// <param name="only">Of this instance alone; null: of all.</param>
    /// <param name="told">Host incidents that the host still tells of, by their keys: they stay its own.</param>
    public static IEnumerable<Proposal> TakenOver(
        Cluster cluster, NodeName node, Reason why, InstanceName? only = null, IReadOnlySet<string>? told = null)
    {
        foreach (var incident in cluster.Ledger.Incidents.Values
            .Where(i => i is { Open: true, HostIncident: { } key } && told?.Contains(key) != true))
        {
            foreach (var (name, before) in incident.Instances)
            {
                if (before is { Done: false, FreedAt: null } && before.From == node && (only ?? name) == name)
                {
                    var freed = before with { To = null, FreedAt = cluster.Wall, StartedAt = null };
                    yield return new Proposal(new RecoveryProgressed(incident.Id, name, freed), why) { Told = false };
                }
            }
        }
    }

    /// <summary>One instance's way back alone.</summary>
    public static ImmutableSortedDictionary<InstanceName, InstanceRecovery> One(
        InstanceName instance, InstanceRecovery recovery) =>
        ImmutableSortedDictionary<InstanceName, InstanceRecovery>.Empty.Add(instance, recovery);

    /// <summary>An incident that begins now. Its id is given when it is applied.</summary>
    public static Incident Draft(Cluster cluster, IncidentKind kind, string subject, Reason decision) => new()
    {
        Id = "",
        Kind = kind,
        Subject = subject,
        Decision = decision,
        Leader = cluster.Office.Controller,
        Epoch = cluster.Office.Epoch,
        DetectedAt = cluster.Wall,
        DecidedAt = cluster.Wall,
    };

    /// <summary>What makes an incident a host tells again the same one.</summary>
    public static string KeyOf(NodeName node, HostIncident told) => $"{node}/{told.Id}";

    /// <summary>The kind of an incident for what a host saw.</summary>
    public static IncidentKind KindOf(HostIncidentKind told) => told switch
    {
        HostIncidentKind.RoleFailure => IncidentKind.RoleFailure,
        HostIncidentKind.ProcessExit => IncidentKind.MachineExit,
        HostIncidentKind.GuestPanic => IncidentKind.GuestPanic,
        HostIncidentKind.GuestHang => IncidentKind.GuestHang,
        HostIncidentKind.GuestWatchdog => IncidentKind.GuestHang,
        HostIncidentKind.GuestShutdown => IncidentKind.GuestShutdown,
        HostIncidentKind.DiskHandleLost => IncidentKind.DiskHandleLost,
        HostIncidentKind.StartFailure => IncidentKind.StartFailure,
        HostIncidentKind.LeaseEnd => IncidentKind.LeaseEnd,
    };

    /// <summary>
    /// What a host saw and repaired by itself, taken over as it was told. What a host that was cut off tells of a seat
    /// that was given anew meanwhile is over already.
    /// </summary>
    public static Incident FromHost(Ledger ledger, NodeName node, HostIncident told, Instance instance) => new()
    {
        Id = "",
        Kind = KindOf(told.Kind),
        Subject = told.Instance.Value,
        Cause = WayOut.PathOf(ledger, node, told.Instance)?.Id,
        HostIncident = KeyOf(node, told),
        Decision = told.Decision,
        DetectedAt = told.DetectedAt,
        DecidedAt = told.DecidedAt,
        Instances = ImmutableSortedDictionary<InstanceName, InstanceRecovery>.Empty.Add(
            told.Instance,
            new InstanceRecovery
            {
                From = node,
                To = node,
                StartedAt = told.StartedAt,
                ReadyAt = told.ReadyAt,
                Kept = told.Kept,
                NotKept = told.NotKept,
                Ended = instance.Highest > told.Generation
                    ? $"generation {instance.Highest} was given the seat meanwhile"
                    : instance.Seat is null ? $"generation {told.Generation} was taken back meanwhile" : null,
            }),
    };

    private static IncidentKind KindBy(NodeVerdict? verdict) =>
        verdict.IsCutOff() ? IncidentKind.NodeCutOff : IncidentKind.NodeFailed;
}
