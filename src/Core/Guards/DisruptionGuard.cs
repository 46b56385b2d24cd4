using Havm.Core.Changes;
using Havm.Core.Lifecycle;
using Havm.Core.Placement;
using Havm.Core.Quorum;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// Automation never takes a second member of an availability set away: a move waits while another member of the set
/// does not run, or is on a node whose host agent is silent, and so does a reset for an endpoint that does not answer.
/// Nor does it take away a voter whose votes its quorum group needs for a majority, whatever the reason the others are
/// away. An operator who names the instance is obeyed; so is a node that goes by itself, because its guests go with it
/// either way; and what has lost its disks is away already. Members that a rule binds to one node go as one: the
/// second, alone, could start nowhere else.
/// </summary>
public sealed class DisruptionGuard : IGuard
{
    public string ReleasedBy =>
        "the members that are away running again, and told so by their host agents, or `havm vm move`";

    public Reason? Holds(Cluster cluster, Census census, Proposal proposal, Instant now)
    {
        IEnumerable<InstanceName> taken = proposal.Change switch
        {
            MoveBegun { Note.Cause: not (MoveCause.Order or MoveCause.Storage) } begun
                when cluster.Ledger.Nodes[begun.Note.From].Phase == NodePhase.Up => Party(cluster, begun),
            EndpointEscalated { Note.Rung: EndpointRung.Reset } reset => [reset.Name],
            _ => [],
        };
        return taken.Select(name => OfSet(cluster, proposal, name, now) ?? OfQuorum(cluster, proposal, name, now))
            .FirstOrDefault(reason => reason is not null);
    }

    /// <summary>Who is bound to it and stays is stayed for: one that went alone could start nowhere else.</summary>
    private static IEnumerable<InstanceName> Party(Cluster cluster, MoveBegun begun) =>
    [
        begun.Name,
        .. PlacementRules.Of(cluster.Ledger).GroupOf(begun.Name).Where(other => other != begun.Name
            && cluster.Ledger.Instances.GetValueOrDefault(other) is { Move: null, Seat: { } seat }
            && seat.Node == begun.Note.From),
    ];

    private static Reason? OfSet(Cluster cluster, Proposal proposal, InstanceName taken, Instant now)
    {
        if (cluster.Ledger.Instances[taken].AvailabilitySet is not { } set)
        {
            return null;
        }

        var away = cluster.Ledger.Instances.Values.FirstOrDefault(other => other.AvailabilitySet == set
            && other.Name != taken && other is { Wanted: WantedState.Running, Leaving: false }
            && !(proposal.Change is MoveBegun move && GoesAlong(cluster, move, other))
            && !(VoterRule.Runs(cluster, other) && VoterRule.IsTold(cluster, other, now)));
        return away is null ? null : new Reason("guards", "disruptionGuard",
            $"{Absent(cluster, away, now)}, and both are of availability set {set}: "
                + $"{taken} {Once("that is over", proposal, taken)}");
    }

    /// <summary>
    /// What goes as one with it is away together with it. A group that decides nothing as it is has nothing to lose:
    /// for that a member counts that may be heard by the others, and for what is left one that can be counted on.
    /// </summary>
    private static Reason? OfQuorum(Cluster cluster, Proposal proposal, InstanceName taken, Instant now)
    {
        foreach (var (name, group) in cluster.Ledger.All<QuorumGroupSpec>())
        {
            if (group.Members.FirstOrDefault(member => member.Instance == taken) is not { Votes: > 0 }
                || !VoterRule.MayVote(cluster, taken))
            {
                continue;
            }

            var going = proposal.Change is MoveBegun ? PlacementRules.Of(cluster.Ledger).GroupOf(taken) : [];
            var voters = group.Members.Where(member => member.Votes > 0).ToList();
            var staying = voters.Where(member => member.Instance != taken && !going.Contains(member.Instance)).ToList();
            var away = staying.Where(member => !VoterRule.IsCountedOn(cluster, member.Instance, now)).ToList();
            var left = group.WitnessVotes + staying.Except(away).Sum(member => member.Votes);
            var there = group.WitnessVotes
                + voters.Where(member => VoterRule.MayVote(cluster, member.Instance)).Sum(member => member.Votes);
            if (left < group.Majority && there >= group.Majority)
            {
                return new Reason("guards", "disruptionGuard",
                    $"quorum group {name} would have {left} of {group.Votes} votes without {taken}, and needs "
                        + $"{group.Majority}"
                        + (away.Count > 0
                            ? $" ({string.Join(", ", away.Select(member => Absent(cluster, member.Instance, now)))}): "
                            : ": ")
                        + $"{taken} {Once(away.Count > 0 ? "that is over" : "there are more", proposal, taken)}");
            }
        }

        return null;
    }

    /// <summary>Why one cannot be counted on, in words: "b is stopped".</summary>
    private static string Absent(Cluster cluster, InstanceName name, Instant now) =>
        cluster.Ledger.Instances.GetValueOrDefault(name) is { } instance
            ? Absent(cluster, instance, now) : $"{name} is not there";

    private static string Absent(Cluster cluster, Instance instance, Instant now) =>
        !VoterRule.Runs(cluster, instance) ? $"{instance.Name} is {Word.Of(InstanceMachine.PhaseOf(cluster, instance))}"
        : !VoterRule.IsTold(cluster, instance, now)
            ? $"{instance.Name} may not run, because the host agent of {instance.Seat!.Node} is silent"
        : $"{instance.Name} is not ready";

    private static string Once(string condition, Proposal proposal, InstanceName taken) =>
        proposal.Change is MoveBegun
            ? $"moves once {condition}; `havm vm move {taken} --to NODE` moves it now"
            : $"is reset once {condition}; `havm vm restart {taken}` restarts it now";

    private static bool GoesAlong(Cluster cluster, MoveBegun begun, Instance other) =>
        other.Move?.To == begun.Note.To
        && PlacementRules.Of(cluster.Ledger).GroupOf(begun.Name).Contains(other.Name);
}
