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
        return name is { } taken
            ? OfSet(cluster, proposal, taken, now) ?? OfQuorum(cluster, proposal, taken, now)
            : null;
    }

    private static Reason? OfSet(Cluster cluster, Proposal proposal, InstanceName taken, Instant now)
    {
        if (cluster.Ledger.Instances[taken].AvailabilitySet is not { } set)
        {
            return null;
        }

        var away = cluster.Ledger.Instances.Values.FirstOrDefault(other => other.AvailabilitySet == set
            && other.Name != taken && other is { Wanted: WantedState.Running, Leaving: false }
            && !(proposal.Change is MoveBegun move && GoesAlong(cluster, move, other))
            && !(Runs(cluster, other) && IsTold(cluster, other, now)));
        return away is null ? null : new Reason("guards", "disruptionGuard",
            $"{away.Name} of availability set {set} "
                + (Runs(cluster, away)
                    ? $"may not run, because the agent of {away.Seat!.Node} is silent: "
                    : $"is {Word.Of(InstanceMachine.PhaseOf(cluster, away))}: ")
                + $"{taken} {Once("that runs", proposal, taken)}");
    }

    private static bool Runs(Cluster cluster, Instance instance) =>
        InstanceMachine.PhaseOf(cluster, instance) is InstancePhase.Running or InstancePhase.Ready;

    /// <summary>What is known of it is new: its host agent speaks, and has told this in its present life.</summary>
    private static bool IsTold(Cluster cluster, Instance instance, Instant now) => instance.Seat is { } seat
        && cluster.HeardOf(seat.Node).ReportConfirmed is { } told && now - told < cluster.Policy.Liveness.SuspectAfter;

    /// <summary>
    /// What goes as one with it is away together with it. A group that decides nothing as it is has nothing to lose:
    /// for that a member counts that may be heard by the others, and for what is left one that can be counted on.
    /// </summary>
    private static Reason? OfQuorum(Cluster cluster, Proposal proposal, InstanceName taken, Instant now)
    {
        foreach (var (name, group) in cluster.Ledger.All<QuorumGroupSpec>())
        {
            if (group.Members.FirstOrDefault(member => member.Instance == taken) is not { Votes: > 0 }
                || !MayVote(cluster, taken))
            {
                continue;
            }

            var going = proposal.Change is MoveBegun ? PlacementRules.Of(cluster.Ledger).GroupOf(taken) : [];
            var voters = group.Members.Where(member => member.Votes > 0).ToList();
            var staying = voters.Where(member => member.Instance != taken && !going.Contains(member.Instance)).ToList();
            var away = staying.Where(member => !Votes(cluster, member.Instance, now)).ToList();
            var left = group.WitnessVotes + staying.Except(away).Sum(member => member.Votes);
            var there = group.WitnessVotes
                + voters.Where(member => MayVote(cluster, member.Instance)).Sum(member => member.Votes);
            if (left < group.Majority && there >= group.Majority)
            {
                return new Reason("guards", "disruptionGuard",
                    $"quorum group {name} would have {left} of {group.Votes} votes without {taken}, and needs "
                        + $"{group.Majority}"
                        + (away.Count > 0 ? $" ({string.Join(", ", away.Select(m => m.Instance))} away): " : ": ")
                        + $"{taken} {Once(away.Count > 0 ? "they run" : "there are more", proposal, taken)}");
            }
        }

        return null;
    }

    /// <summary>
    /// It may be heard by the others, whatever its guest says: its vCPUs run, or for all that is known they do.
    /// </summary>
    private static bool MayVote(Cluster cluster, InstanceName name) => PhaseOf(cluster, name) is { } phase
        && phase is not (InstancePhase.Stopped or InstancePhase.Waiting or InstancePhase.WaitingForDependency
            or InstancePhase.Failed or InstancePhase.HandedBack or InstancePhase.Paused)
        && (phase != InstancePhase.Starting
            || InstanceMachine.ReportOf(cluster, cluster.Ledger.Instances[name]) is null);

    /// <summary>
    /// It can be counted on: its guest has said that it is ready, where it can say so, and its host agent speaks.
    /// </summary>
    private static bool Votes(Cluster cluster, InstanceName name, Instant now) =>
        cluster.Ledger.Instances.GetValueOrDefault(name) is { } instance
        && Runs(cluster, instance) && IsTold(cluster, instance, now)
        && InstanceMachine.IsWell(instance, InstanceMachine.ReportOf(cluster, instance)?.Phase);

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
