using Havm.Core.Changes;
using Havm.Core.Lifecycle;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// Automation never takes a second member of an availability set away: a move waits while another member of the set
/// does not run, and so does a reset for an endpoint that does not answer. An operator who names the instance is
/// obeyed; so is a node that goes by itself, because its guests go with it either way. Members that a rule binds to one
/// node go as one: the second, alone, could start nowhere else.
/// </summary>
public sealed class DisruptionGuard : IGuard
{
    public string ReleasedBy =>
        "the other member of its availability set running again, or `havm vm move`";

    public Reason? Holds(Cluster cluster, Census census, Proposal proposal, Instant now)
    {
        var name = proposal.Change switch
        {
            MoveBegun { Note.Cause: not MoveCause.Order } begun
                when cluster.Ledger.Nodes[begun.Note.From].Phase == NodePhase.Up => begun.Name,
            EndpointEscalated { Note.Rung: EndpointRung.Reset } reset => reset.Name,
            _ => (InstanceName?)null,
        };
        if (name is not { } taken || cluster.Ledger.Instances[taken].AvailabilitySet is not { } set)
        {
            return null;
        }

        var away = cluster.Ledger.Instances.Values.FirstOrDefault(other => other.AvailabilitySet == set
            && other.Name != taken && other is { Wanted: WantedState.Running, Leaving: false }
            && !(proposal.Change is MoveBegun move && GoesAlong(cluster, move, other))
            && InstanceMachine.PhaseOf(cluster, other) is not (InstancePhase.Running or InstancePhase.Ready));
        return away is null ? null : new Reason("guards", "disruptionGuard",
            $"{away.Name} of availability set {set} is "
                + $"{Word.Of(InstanceMachine.PhaseOf(cluster, away))}: {taken} "
                + (proposal.Change is MoveBegun
                    ? $"moves once that runs; `havm vm move {taken} --to NODE` moves it now"
                    : $"is reset once that runs; `havm vm restart {taken}` restarts it now"));
    }

    private static bool GoesAlong(Cluster cluster, MoveBegun begun, Instance other) =>
        other.Move?.To == begun.Note.To
        && PlacementRules.Of(cluster.Ledger).GroupOf(begun.Name).Contains(other.Name);
}
