using System.Collections.Immutable;
using Havm.Core.Accounting;
using Havm.Core.Changes;
using Havm.Core.Disarming;
using Havm.Core.Fencing;
using Havm.Core.Guards;
using Havm.Core.Healing;
using Havm.Core.Incidents;
using Havm.Core.Leaders;
using Havm.Core.Leases;
using Havm.Core.Lifecycle;
using Havm.Core.Liveness;
using Havm.Core.Maintenance;
using Havm.Core.Moves;
using Havm.Core.NodeLife;
using Havm.Core.Placement;
using Havm.Core.Prediction;
using Havm.Core.Recovery;
using Havm.Core.Rotation;
using Havm.Core.Strays;
using Havm.Model;

namespace Havm.Core;

/// <summary>
/// One pass of the brain. The list below is its table of contents: each decider proposes on the picture that those
/// before it have made, guards hold or let pass, and what passes is applied.
/// </summary>
public static class Round
{
    public delegate IEnumerable<Proposal> Decider(Cluster cluster, Instant now);

    public static readonly ImmutableArray<Decider> Deciders =
    [
        LivenessDecider.Decide,
        DisarmDecider.Decide,
        AdoptionDecider.Decide,
        LongLeaseDecider.Decide,
        FencingDecider.Decide,
        RecoveryDecider.Decide,
        RebootDecider.Decide,
        PowerOnDecider.Decide,
        RiskDecider.Decide,
        DiagnosisDecider.Decide,
        FitnessDecider.Decide,
        StrayDecider.Decide,
        HealingDecider.Decide,
        AgentWatchDecider.Decide,
        AilmentDecider.Decide,
        LifecycleDecider.Decide,
        RetryDecider.Decide,
        DrainDecider.Decide,
        FailbackDecider.Decide,
        ReturnDecider.Decide,
        RebalanceDecider.Decide,
        StoragePathDecider.Decide,
        RiskMoveDecider.Decide,
        RotationDecider.Decide,
        EndpointDecider.Decide,
        EndpointLadder.Decide,
        MoveDecider.Decide,
        PlacementDecider.Decide,
        IncidentDecider.Decide,
    ];

    public static readonly ImmutableArray<IGuard> Guards =
    [
        new DisarmGuard(), new PartitionGuard(), new FenceRateGuard(), new DisruptionGuard(),
        new QuarantineGuard(), new StorageGuard(),
    ];

    /// <summary>
    /// Decides everything that is due at <paramref name="now"/> and adds it to what the draft already holds.
    /// </summary>
    public static void Run(DecisionDraft draft, Instant now)
    {
        if (draft.Cluster.Office.Overruled is not null)
        {
            return;
        }

        draft.Hear(StrayWatch.Note(draft.Cluster, now));
        var before = draft.Cluster;

        var census = new Lazy<Census>(() => Census.Of(before, now));
        var picture = before;
        foreach (var decide in Deciders)
        {
            var held = false;
            picture = draft.Cluster;
            foreach (var proposal in decide(picture, now).ToList())
            {
                if (held && proposal.Follows)
                {
                    continue;
                }

                held = false;
                if (Hold(draft.Cluster, census.Value, proposal, now) is { } reason)
                {
                    held = true;
                    draft.Hold(proposal, reason);
                }
                else
                {
                    draft.Add(proposal, now);
                }
            }
        }

        HoldBook.Keep(draft, now);

        // The picture of the last of them, which follows incidents.
        draft.Hear(IncidentDecider.Note(draft.Cluster, picture));
        draft.Hear(DisarmRule.Note(
            RebalanceDecider.Note(LifecycleDecider.Note(draft.Cluster), now), now));
        Accountant.Keep(draft, now);
    }

    private static Reason? Hold(Cluster cluster, Census census, Proposal proposal, Instant now)
    {
        foreach (var guard in Guards)
        {
            if (guard.Holds(cluster, census, proposal, now) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }
}
