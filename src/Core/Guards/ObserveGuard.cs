using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// Holds what a rule wants that the policy lets only observe. It is the last guard: what another one would hold anyway
/// is not what would have been done. What a rule takes on record, and whatever ends an earlier act of it, passes.
/// </summary>
public sealed class ObserveGuard : IGuard
{
    /// <summary>By which its holds are known.</summary>
    public const string Code = "observeGuard";

    public string ReleasedBy => "`havm apply` of a Policy that does not name the rule in `observe`";

    public Reason? Holds(Cluster cluster, Census census, Proposal proposal, Instant now) =>
        proposal.Rule is { } rule && cluster.Policy.Observe.Contains(rule) && Acts(proposal)
            ? new Reason("guards", Code,
                $"{Word.Of(rule)} only observes; it would do this: {proposal.Reason.Message}")
            : null;

    private static bool Acts(Proposal proposal) => !DisarmGuard.OnlyNotes(proposal) && proposal.Change switch
    {
        // Of what ends a quarantine, and of probation, nothing is observed.
        NodeFitnessMoved moved => moved.Note?.Is is NodeFitness.Quarantine or NodeFitness.OutForRepair,
        NodeCameBack or DepartureExcused or ReturnForgotten => false,
        null when proposal.Commands.All(command => command is GiveStorage) => false,
        _ => !proposal.Notes,
    };
}
