using Havm.Core.Changes;
using Havm.Core.Disarming;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// While automation is disarmed only what was seen is taken on record, and evidence is asked for; whatever else anybody
/// proposes is held. What passes is listed here, so that a new kind of act is held until somebody has thought about it.
/// Re-armed, this controller listens before it acts on silence.
/// </summary>
public sealed class DisarmGuard : IGuard
{
    public string ReleasedBy =>
        "`havm arm`, or the end of the disarm and the first seconds of listening after it";

    public Reason? Holds(Cluster cluster, Census census, Proposal proposal, Instant now) =>
        DisarmRule.InForce(cluster.Ledger) is { } disarm
            ? proposal.Notes || OnlyNotes(proposal) || Follows(disarm, proposal) ? null : Disarmed(disarm)
            : proposal.Judges is not null ? Listens(cluster, now)
            : null;

    private static Reason Disarmed(Disarm disarm) => new("guards", "disarmGuard",
        $"automation is disarmed ({Automation.NameOf(disarm.Mode)}) by {disarm.By}: "
            + $"nothing is started, stopped or fenced before {DisarmRule.EndOf(disarm)}");

    /// <summary>While it ends, seats follow what people have moved: that, and nothing else.</summary>
    private static bool Follows(Disarm disarm, Proposal proposal) =>
        disarm.State == DisarmState.LookingAround && proposal.Change is InstanceAdopted;

    private static Reason? Listens(Cluster cluster, Instant now)
    {
        if (cluster.Ledger.Disarm is not { State: DisarmState.Rearming })
        {
            return null;
        }

        var lostAfter = cluster.Policy.Liveness.LostAfter;
        return DisarmRule.Listening(cluster) is { } since && now - since >= lostAfter
            ? null
            : new Reason("guards", "disarmGuard",
                $"automation is on again since less than {lostAfter.TotalSeconds:0.#} s: "
                    + "nothing is done about silence before this controller has listened for as long");
    }

    /// <summary>It takes on record what is so, or asks for evidence.</summary>
    internal static bool OnlyNotes(Proposal proposal) => proposal.Change switch
    {
        null => proposal.Commands.All(c => c is ReadPower or ReadStorage or AgentQuestion),

        // What a node, a BMC or an operator has told, and what that means.
        NodeAdded or NodeRemoved or NodeMoved or NodeDeparting or NodeBooted or WatchdogSeen or AddressSeen
            or NodeAccounted or AilmentBegan or AilmentEnded
            or NodeProvenDead or SeatProvenDead or FenceAnswered or FenceEnded or FenceAged
            or CutTaken or CutDoubted or CutProven or CutGivenBack or CutEnded
            or NodeDeparted or PowerOnDue or PowerOnHeld or PowerCameOn or PowerOnGivenUp or InstanceSettled => true,
        IncidentOpened or IncidentProven or IncidentDecided or RecoveryProgressed or IncidentClosed
            or IncidentForgotten
            or HoldsNoted => true,
        LongLeaseChange or DisarmChange or EndpointFailed or EndpointWell or BusyMarked or BusyEnded => true,
        _ => false,
    };
}
