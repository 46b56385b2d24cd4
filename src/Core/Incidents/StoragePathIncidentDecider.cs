using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Host.Watch;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Incidents;

/// <summary>
/// Row 8 of the health ladder on record: one incident for each node and datastore whose path is lost, from the first
/// instance that it hurts on, with all that it hurts, and with what has to move with one of them. What is done about it
/// others decide. It is over when the path is back and all of them run, or nothing there needs the datastore any more.
/// </summary>
public static class StoragePathIncidentDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        Dictionary<(string, string), Incident>? open = null;
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            if (node.Phase != NodePhase.Up || cluster.HeardOf(node.Name) is not { Report: { } report } heard
                || heard.Boot != node.Boot || !HasHurt(report))
            {
                continue;
            }

            open ??= cluster.Ledger.Incidents.Values
                .Where(i => i is { Open: true, Kind: IncidentKind.StoragePathLost })
                .ToDictionary(i => (i.Subject, i.Datastore!));
            var hurt = Hurt(cluster, node);
            foreach (var path in hurt.GroupBy(instance => PathOf(node, instance, open)).ToList())
            {
                var known = open.GetValueOrDefault((node.Name.Value, path.Key));
                foreach (var proposal in known is null
                    ? [Open(cluster, node, path.Key, [.. path])]
                    : Goes(cluster, known, [.. path, .. With(cluster, node, hurt, [.. path])]))
                {
                    yield return proposal;
                }
            }
        }
    }

    private static bool HasHurt(NodeReport report)
    {
        foreach (var instance in report.Instances)
        {
            if (WayOut.IsHurt(instance))
            {
                return true;
            }
        }

        return false;
    }

    private static List<Instance> Hurt(Cluster cluster, NodeRecord node) =>
    [
        .. cluster.Ledger.Instances.Touching(node.Name).Where(instance =>
            instance.Seat?.Node == node.Name && instance is { Wanted: WantedState.Running, Leaving: false }
            && InstanceMachine.ReportOf(cluster, instance) is { } report && WayOut.IsHurt(report)),
    ];

    /// <summary>What moves with one of them though nothing hurts it: a rule keeps them together.</summary>
    private static IEnumerable<Instance> With(
        Cluster cluster, NodeRecord node, List<Instance> hurt, List<Instance> path) =>
        cluster.Ledger.Instances.Touching(node.Name).Where(instance =>
            instance is { Move: { Cause: MoveCause.Storage } move } && instance.Seat?.Node == node.Name
            && !hurt.Contains(instance) && path.Exists(i => i.Move is { Cause: MoveCause.Storage } its
                && its.To == move.To));

    /// <summary>
    /// The datastore that the node says it cannot use. A path that returns is not told before what it held is let go
    /// on: until then it is the one of the incident that stands, or else its first.
    /// </summary>
    private static string PathOf(
        NodeRecord node, Instance instance, Dictionary<(string Node, string Datastore), Incident> open) =>
        instance.Machine.DatastoreWhere(name => node.PathAilment(name) is not null)
        ?? instance.Machine.DatastoreWhere(name => open.GetValueOrDefault((node.Name.Value, name)) is { } known
            && known.Instances.ContainsKey(instance.Name))
        ?? instance.Machine.DatastoreWhere(name => open.ContainsKey((node.Name.Value, name)))
        ?? instance.Machine.DatastoreWhere(_ => true) ?? "";

    private static Proposal Open(Cluster cluster, NodeRecord node, string datastore, ImmutableArray<Instance> hurt)
    {
        var ailment = node.PathAilment(datastore);
        var why = new Reason("storage", "pathLost",
            $"{node.Name} does not reach datastore {datastore}: {string.Join(", ", hurt.Select(i => i.Name))} "
                + (hurt.Length == 1 ? "stands" : "stand") + " still there; what does so for `healing.storageWait` "
                + "moves to a node that reaches it")
        {
            Evidence =
            [
                .. ailment is null ? [] : (Evidence[])[new("node", ailment.Message)],
                .. hurt.Select(instance => new Evidence("host", Word(cluster, instance))),
            ],
        };
        var (lastWell, detected) = Seen(cluster, ailment, hurt);
        var draft = IncidentFile.Draft(cluster, IncidentKind.StoragePathLost, node.Name.Value, why) with
        {
            Datastore = datastore,
            LastWell = lastWell,
            DetectedAt = detected,
            Instances = hurt.ToImmutableSortedDictionary(i => i.Name, i => Way(cluster, i)),
        };
        return new Proposal(new IncidentOpened(draft, null), why);
    }

    /// <summary>More is hurt by it; the first that is sent away is what was decided about it.</summary>
    private static IEnumerable<Proposal> Goes(Cluster cluster, Incident known, ImmutableArray<Instance> hurt)
    {
        foreach (var instance in hurt)
        {
            if (known.Instances.GetValueOrDefault(instance.Name) is not { Done: false })
            {
                yield return new Proposal(
                    new RecoveryProgressed(known.Id, instance.Name, Way(cluster, instance)), known.Decision)
                {
                    Told = false,
                };
            }
        }

        if (known.Decision.Code == "pathLost"
            && hurt.FirstOrDefault(i => i.Move is { Cause: MoveCause.Storage }) is { Move: { } move })
        {
            var why = move.Why with { Evidence = known.Decision.Evidence };
            yield return new Proposal(
                new IncidentDecided(known.Id, known.Kind, why, cluster.Wall), why) { Told = false };
        }
    }

    /// <summary>
    /// When the host saw the first of them hurt, and since when that one did nothing before it was sure. By its own
    /// word, for what ailed it may be over by now, or another ailment; an agent of an earlier version gives none.
    /// </summary>
    private static (DateTimeOffset? LastWell, DateTimeOffset Detected) Seen(
        Cluster cluster, NodeAilment? ailment, ImmutableArray<Instance> hurt)
    {
        var fails = ailment is { Kind: NodeAilmentKind.DatastoreFails };
        var first = hurt.Where(instance => HurtAt(cluster, instance) is not null)
            .Select(instance => (At: HurtAt(cluster, instance)!.Value,
                Hangs: !fails && InstanceMachine.ReportOf(cluster, instance) is { HeldByPath: false }))
            .Select(each => (each.Hangs, Seen: each.Hangs ? each.At + AilmentWatch.HangsAfter : each.At))
            .DefaultIfEmpty((
                Hangs: ailment is { Kind: NodeAilmentKind.DatastoreHangs }, Seen: ailment?.Since ?? cluster.Wall))
            .MinBy(each => each.Seen);
        var detected = first.Seen < cluster.Wall ? first.Seen : cluster.Wall;
        return (first.Hangs ? detected - AilmentWatch.HangsAfter : null, detected);
    }

    /// <summary>What hangs has done so since the path was lost; all else went on until its access failed.</summary>
    private static InstanceRecovery Way(Cluster cluster, Instance instance) => new()
    {
        From = instance.Seat!.Node,
        HurtAt = InstanceMachine.ReportOf(cluster, instance) is { StorageLost: true, HeldByPath: false } ? null
            : HurtAt(cluster, instance) is { } hurt && hurt < cluster.Wall ? hurt : cluster.Wall,
    };

    /// <summary>
    /// By the word of its host, which saw it before it told of it; null: it does not say, or its clock is known to be
    /// wrong.
    /// </summary>
    private static DateTimeOffset? HurtAt(Cluster cluster, Instance instance) =>
        cluster.Ledger.Nodes[instance.Seat!.Node].Ailments.Any(ailment => ailment.Kind == NodeAilmentKind.ClockOff)
            ? null : InstanceMachine.ReportOf(cluster, instance)?.HurtAt;

    private static string Word(Cluster cluster, Instance instance) =>
        InstanceMachine.ReportOf(cluster, instance) is { Reason.Message: { Length: > 0 } message }
            ? $"{instance.Name}: {message}" : $"{instance.Name}: accesses to its disks do not come back";
}
