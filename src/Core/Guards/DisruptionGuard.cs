using Havm.Core.Changes;
using Havm.Core.Lifecycle;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// Automation never takes a second member of an availability set away: a move waits while another member of the set
/// does not run, and so does a reset for an endpoint that does not answer. Nor does it take away a voter whose votes
/// its quorum group needs for a majority, whatever the reason the others are away. An operator who names the instance
/// is obeyed; so is a node that goes by itself, because its guests go with it either way; and what has lost its disks
/// is away already. Members that a rule binds to one node go as one: the second, alone, could start nowhere else.
/// </summary>
public sealed class DisruptionGuard : IGuard
{
    public string ReleasedBy =>
        "the members that are away running again, or `havm vm move`";

    public Reason? Holds(Cluster cluster, Census census, Proposal proposal, Instant now)
    {
        var name = proposal.Change switch
        {
            MoveBegun { Note.Cause: not (MoveCause.Order or MoveCause.Storage) } begun
                when cluster.Ledger.Nodes[begun.Note.From].Phase == NodePhase.Up => begun.Name,
            EndpointEscalated { Note.Rung: EndpointRung.Reset } reset => reset.Name,
            _ => (InstanceName?)null,
        };
        return name is { } taken ? OfSet(cluster, proposal, taken) ?? OfQuorum(cluster, proposal, taken) : null;
    }

    private static Reason? OfSet(Cluster cluster, Proposal proposal, InstanceName taken)
    {
        if (cluster.Ledger.Instances[taken].AvailabilitySet is not { } set)
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
                + Once("that runs", proposal, taken));
    }

    /// <summary>
    /// What goes as one with it is away together with it. A group that decides nothing as it is has nothing to lose.
    /// </summary>
    private static Reason? OfQuorum(Cluster cluster, Proposal proposal, InstanceName taken)
    {
        foreach (var (name, group) in cluster.Ledger.All<QuorumGroupSpec>())
        {
            if (group.Members.FirstOrDefault(member => member.Instance == taken) is not { Votes: > 0 }
                || !MayVote(cluster, taken))
            {
                continue;
            }

            var going = proposal.Change is MoveBegun ? PlacementRules.Of(cluster.Ledger).GroupOf(taken) : [];
            var staying = group.Members.Where(member => member.Instance != taken && !going.Contains(member.Instance));
            var (there, away) = (group.WitnessVotes, new List<InstanceName>());
            foreach (var member in staying)
            {
                if (Votes(cluster, member.Instance))
                {
                    there += member.Votes;
                }
                else if (member.Votes > 0)
                {
                    away.Add(member.Instance);
                }
            }

            var taking = group.Members.Where(member => member.Instance == taken || going.Contains(member.Instance))
                .Sum(member => member.Votes);
            if (there < group.Majority && there + taking >= group.Majority)
            {
                return new Reason("guards", "disruptionGuard",
                    $"quorum group {name} would have {there} of {group.Votes} votes without {taken}, and needs "
                        + $"{group.Majority}"
                        + (away.Count > 0 ? $" ({string.Join(", ", away)} away): " : ": ")
                        + $"{taken} {Once(away.Count > 0 ? "they run" : "there are more", proposal, taken)}");
            }
        }

        return null;
    }

    /// <summary>Its vCPUs run: what its guest says or not, it may be heard by the others.</summary>
    private static bool MayVote(Cluster cluster, InstanceName name) =>
        PhaseOf(cluster, name) is InstancePhase.Running or InstancePhase.Ready;

    /// <summary>It can be counted on: its guest has said that it is ready, where it can say so.</summary>
    private static bool Votes(Cluster cluster, InstanceName name) => PhaseOf(cluster, name) is { } phase
        && (phase == InstancePhase.Ready || (phase == InstancePhase.Running
            && cluster.Ledger.Instances[name].Machine.Application is null));

    private static InstancePhase? PhaseOf(Cluster cluster, InstanceName name) =>
        cluster.Ledger.Instances.GetValueOrDefault(name) is { } instance
            ? InstanceMachine.PhaseOf(cluster, instance)
            : null;

    private static string Once(string condition, Proposal proposal, InstanceName taken) =>
        proposal.Change is MoveBegun
            ? $"moves once {condition}; `havm vm move {taken} --to NODE` moves it now"
            : $"is reset once {condition}; `havm vm restart {taken}` restarts it now";

    private static bool GoesAlong(Cluster cluster, MoveBegun begun, Instance other) =>
        other.Move?.To == begun.Note.To
        && PlacementRules.Of(cluster.Ledger).GroupOf(begun.Name).Contains(other.Name);
}
