using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>
/// What guests of a silent node show by answering on their own network, where other agents ask them and load balancers
/// probe them. An answer shows that the node and that network live. No answer shows nothing: a guest may have no
/// address, or have been silent all its life. Never a proof, neither of life elsewhere nor of death.
/// </summary>
public static class GuestEvidence
{
    /// <summary>
    /// An answer older than this says nothing of now. Guests are asked every 2 s, so that one question may be lost.
    /// </summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether an instance speaks for its node: it sits there, nothing but the node's end would end it, and it is
    /// meant to run. What a lease binds is ended by that; what is to stop is no reason to spare anything.
    /// </summary>
    public static bool SpeaksFor(NodeRecord node, Instance instance) =>
        instance is { Leaving: false, Wanted: not WantedState.Stopped }
        && instance.Seat is { Isolation: IsolationPolicy.LeaveRunning } seat && seat.Node == node.Name;

    /// <summary>
    /// The guests for whose sake a cut-off node is spared. An answer spares it for cutOffAfter: what silences the
    /// guests too may be as short as what silenced their node. Nobody is spared but who is found cut off: where all
    /// evidence is silent, the node's disks are too.
    /// </summary>
    public static ImmutableArray<InstanceName> Answering(Cluster cluster, NodeRecord node, Instant now) =>
        node.Phase == NodePhase.Lost && node.Verdict.IsCutOff()
            ? Within(cluster, node, Spared(cluster), now)
            : [];

    /// <summary>The guests of a node that answered less than so long ago, in name order.</summary>
    public static ImmutableArray<InstanceName> Within(Cluster cluster, NodeRecord node, TimeSpan within, Instant now) =>
    [
        .. cluster.HeardOf(node.Name).GuestsAnswered
            .Where(answer => now - answer.Value < within
                && cluster.Ledger.Instances.TryGetValue(answer.Key, out var instance) && SpeaksFor(node, instance))
            .Select(answer => answer.Key),
    ];

    /// <summary>How long an answer spares a node.</summary>
    public static TimeSpan Spared(Cluster cluster) =>
        cluster.Policy.Liveness.CutOffAfter is { } after && after > Fresh ? after : Fresh;

    /// <summary>What an agent was answered when it asked.</summary>
    internal static Cluster Hear(Cluster cluster, ImmutableArray<GuestAnswer> answers, Instant now)
    {
        foreach (var answer in answers)
        {
            cluster = Note(cluster, answer.Instance, answer.Node, now);
        }

        return cluster;
    }

    /// <summary>
    /// What a load balancer's probes were answered: of silent nodes, because of all others nobody wants to know.
    /// </summary>
    internal static Cluster Hear(Cluster cluster, BalancerWord word, Instant asked)
    {
        foreach (var member in word.Members)
        {
            if (member is { Health: MemberHealth.Up, Answered: true }
                && cluster.Ledger.Instances.TryGetValue(member.Instance, out var instance)
                && instance.Seat is { } seat && cluster.Ledger.Nodes[seat.Node].Phase == NodePhase.Lost)
            {
                cluster = Note(cluster, member.Instance, seat.Node, asked);
            }
        }

        return cluster;
    }

    private static Cluster Note(Cluster cluster, InstanceName instance, NodeName node, Instant at) =>
        Ear.Update(cluster, node, heard => heard with { GuestsAnswered = heard.GuestsAnswered.SetItem(instance, at) });
}
