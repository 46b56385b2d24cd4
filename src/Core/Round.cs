using System.Collections.Immutable;
using Havm.Core.Accounting;
using Havm.Core.Busyness;
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
using Havm.Core.Notices;
using Havm.Core.Observation;
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

    /// <summary>One decider's place in the round.</summary>
    /// <param name="Decide">What it proposes.</param>
    /// <param name="Rule">The rule that may be set to observe; null: there is none.</param>
    public sealed record Turn(Decider Decide, AutomationRule? Rule = null);

    public static readonly ImmutableArray<Turn> Deciders =
    [
        new(LivenessDecider.Decide),
        new(ObserveDecider.Decide),
        new(DisarmDecider.Decide),
        new(BusyDecider.Decide),
        new(AdoptionDecider.Decide),
        new(LongLeaseDecider.Decide),
        new(FencingDecider.Decide, AutomationRule.Fencing),
        new(StorageFenceDecider.Decide, AutomationRule.Fencing),
        new(FenceAgeDecider.Decide),
        new(RecoveryDecider.Decide, AutomationRule.Recovery),
        new(RebootDecider.Decide, AutomationRule.Recovery),
        new(PowerOnDecider.Decide, AutomationRule.PowerOn),
        new(RiskDecider.Decide),
        new(DiagnosisDecider.Decide),
        new(FitnessDecider.Decide, AutomationRule.Quarantine),
        new(StrayDecider.Decide),
        new(HealingDecider.Decide, AutomationRule.Recovery),
        new(AgentWatchDecider.Decide),
        new(AilmentDecider.Decide),
        new(LifecycleDecider.Decide),
        new(RetryDecider.Decide),
        new(DrainDecider.Decide),
        new(FailbackDecider.Decide, AutomationRule.Failback),
        new(ReturnDecider.Decide, AutomationRule.Return),
        new(RebalanceDecider.Decide, AutomationRule.Rebalance),
        new(StoragePathDecider.Decide, AutomationRule.StoragePath),
        new(RiskMoveDecider.Decide),
        new(StoragePathIncidentDecider.Decide),
        new(RiskIncidentDecider.Decide),
        new(RotationDecider.Decide),
        new(NoticeDecider.Decide),
        new(EndpointDecider.Decide),
        new(EndpointLadder.Decide, AutomationRule.Endpoint),
        new(MoveDecider.Decide),
        new(DependencyDecider.Decide),
        new(PlacementDecider.Decide),
        new(IncidentDecider.Decide),
    ];

    public static readonly ImmutableArray<IGuard> Guards =
    [
        new DisarmGuard(), new PartitionGuard(), new GuestGuard(), new FenceRateGuard(), new DisruptionGuard(),
        new BusyGuard(), new QuarantineGuard(), new StorageGuard(), new ObserveGuard(),
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

        draft.Hear(FenceAgeDecider.Note(StrayWatch.Note(draft.Cluster, now), now));
        var before = draft.Cluster;

        var census = new Lazy<Census>(() => Census.Of(before, now));
        var picture = before;
        foreach (var (decide, rule) in Deciders)
        {
            var held = false;
            picture = draft.Cluster;
            foreach (var proposal in decide(picture, now)
                .Select(wanted => rule is null ? wanted : wanted with { Rule = rule }).ToList())
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
