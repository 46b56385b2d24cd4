using Havm.Core.Changes;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// A node that is cut off and whose guests answer on their own network is not fenced: only its management is ill, and
/// who answers would be harmed. One that answers is enough: it is healthy, whatever the others are.
/// </summary>
public sealed class GuestGuard : IGuard
{
    public string ReleasedBy =>
        "none of these guests answering for `liveness.cutOffAfter`, the node being heard again, its datastore "
            + "heartbeat standing still too, or `havm node confirm-dead` once a person has switched it off";

    public Reason? Holds(Cluster cluster, Census census, Proposal proposal, Instant now)
    {
        if (!Fences(proposal) || proposal.Judges is not { } name
            || GuestEvidence.Answering(cluster, cluster.Ledger.Nodes[name], now) is not { IsEmpty: false } guests)
        {
            return null;
        }

        var all = cluster.Ledger.Instances.Touching(name)
            .Count(i => GuestEvidence.SpeaksFor(cluster.Ledger.Nodes[name], i));
        return new Reason("guards", "guestGuard",
            $"{guests.Length} of {Count.Of(all, "guest")} on {name} answered on their own network less than "
                + $"{GuestEvidence.Spared(cluster).TotalSeconds:0.#} s ago ({string.Join(", ", guests)}): "
                + "only the node's management is ill, and it is not fenced");
    }

    private static bool Fences(Proposal proposal) =>
        proposal.Change is FenceOrdered or FenceClimbed or CutOrdered
        || proposal.Commands.Any(command => command is PowerOff or CutStorage);
}
