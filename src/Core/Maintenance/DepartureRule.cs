using Havm.Core.Changes;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Maintenance;

/// <summary>What an announced shutdown or reboot means for the instances of the node, by policy.</summary>
public static class DepartureRule
{
    public static DeparturePolicy PolicyFor(Cluster cluster, DepartureNotice departure) =>
        departure.Reboot ? cluster.Policy.Maintenance.OnReboot : cluster.Policy.Maintenance.OnShutdown;

    /// <summary>
    /// Whether its instances wait for the node; else they start elsewhere as soon as it is proven gone. With `drain`
    /// that is what it left behind: a guard held it, nothing could take it, or the node waited only so long. Where
    /// nothing is left, nothing has to be proven.
    /// </summary>
    public static bool Waits(Cluster cluster, NodeRecord node, DepartureNotice departure) =>
        PolicyFor(cluster, departure) switch
        {
            DeparturePolicy.Failover => false,
            DeparturePolicy.Drain => !cluster.Ledger.Instances.Touching(node.Name)
                .Any(instance => instance.Wanted != WantedState.Unmanaged || !instance.Unproven.IsEmpty),
            _ => true,
        };

    /// <summary>
    /// Whether the node is gone by its own word, and what still sits there is recovered on proof alone: no verdict is
    /// reached from its silence, and it is never fenced for it.
    /// </summary>
    public static bool Frees(Cluster cluster, NodeRecord node) =>
        node is { Phase: NodePhase.DownByOrder, Departure: { } departure } && !Waits(cluster, node, departure);

    /// <summary>
    /// Whether its going has an end: a reboot comes back, and what is to start elsewhere does. A node that is still
    /// silent and unproven after the limit is judged as any. With `drain` people empty it first, and work on it then:
    /// what it left behind waits for proofs, for the node, or for their word.
    /// </summary>
    public static bool MustEnd(Cluster cluster, DepartureNotice departure) =>
        departure.Reboot || PolicyFor(cluster, departure) == DeparturePolicy.Failover;

    /// <summary>
    /// It announced that it goes and went before all had moved, because it waits only so long: it is down by order all
    /// the same (SAFETY 4). Null: it did not, called it off, or its departure is on record already.
    /// </summary>
    public static DepartureNotice? WentUnawaited(NodeRecord node, NodeHeard heard)
    {
        if (node is not { Drain: { } drain, Departure: null, Phase: NodePhase.Up })
        {
            return null;
        }

        // A leader that never heard its warden takes it for a reboot: that has an end, after which it is judged as any.
        return heard.DepartureReboots is { } reboots ? new DepartureNotice(reboots)
            : drain.Cause == DrainCause.Departure && heard.Warden.At is null ? new DepartureNotice(Reboot: true) : null;
    }

    /// <summary>
    /// Its word has come. With `drain` it is not let go yet: that is <see cref="DrainDecider"/>'s, once nothing is left
    /// on it that could move.
    /// </summary>
    public static IEnumerable<Proposal> Announced(Cluster cluster, NodeRecord node, DepartureNotice departure)
    {
        var policy = PolicyFor(cluster, departure);
        if (policy != DeparturePolicy.Hold && node.Drain is null)
        {
            var away = new Reason("maintenance", "drainBegun",
                $"{node.Name} announced a {Word(departure)}: what runs there "
                    + (policy == DeparturePolicy.Drain ? "moves first" : "is to start elsewhere"));
            yield return new Proposal(new DrainBegun(node.Name, new DrainNote(DrainCause.Departure, away, cluster.Wall)
            {
                Returns = policy == DeparturePolicy.Drain && cluster.Policy.Maintenance.Return,
            }), away);
        }

        if (policy != DeparturePolicy.Drain)
        {
            yield return LetGo(cluster, node, departure);
        }
    }

    /// <summary>The departure goes on record: from then on the node may go.</summary>
    public static Proposal LetGo(Cluster cluster, NodeRecord node, DepartureNotice departure)
    {
        var why = new Reason("liveness", "downByOrder",
            $"{node.Name} announced a {Word(departure)}: "
                + "its silence gives no verdict"
                + (Waits(cluster, node, departure)
                    ? ""
                    : ", and what it still holds starts elsewhere once it is proven off"));
        return new Proposal(new NodeDeparting(node.Name, departure, why, cluster.Wall), why);
    }

    private static string Word(DepartureNotice departure) => departure.Reboot ? "reboot" : "shutdown";
}
