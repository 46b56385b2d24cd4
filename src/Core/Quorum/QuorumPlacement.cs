using System.Collections.Immutable;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Quorum;

/// <summary>
/// Looks for the fewest moves after which no rack holds more votes than the group can lose, each to a node that
/// placement's own filters let it go to; and where there are none, for the fewest votes of a witness outside that make
/// them possible. Deterministic, and no proof: a voter goes only to a rack that has room for its votes then, within it
/// only to the node that placement likes best, and no more than <see cref="MostLooks"/> are tried.
/// </summary>
internal sealed class QuorumPlacement
{
    /// <summary>How many seats are tried for one number of votes.</summary>
    private const int MostLooks = 5_000;

    /// <summary>A witness with more votes than that would decide alone.</summary>
    private const int MostWitnessVotes = 5;

    private const string NoneFound =
        "no placement was found on these racks, and within the filters (`havm vm explain` of its members names them), "
            + "that outlives the loss of any one of them";

    private readonly PlacementView _view;
    private readonly ImmutableArray<(Instance Instance, int Votes)> _voters;
    private readonly Dictionary<RackName, int> _held = [];
    private readonly ILookup<RackName, Candidate> _nodes;
    private readonly ImmutableArray<RackName> _racks;
    private readonly int _mayLose;
    private readonly Stack<VoterMove> _moves = [];
    private int _looks;

    private QuorumPlacement(PlacementView view, ImmutableArray<VoterSeat> voters, int votes)
    {
        _view = view;
        _mayLose = votes - ((votes / 2) + 1);
        _nodes = view.Candidates.ToLookup(node => node.Spec.Rack);
        _racks = [.. _nodes.Select(rack => rack.Key).OrderBy(rack => rack.Value, NaturalOrder.Instance)];
        var seated = voters.Where(voter => voter.Rack is not null).ToList();
        _voters = [.. seated.Select(voter => (view.Known(voter.Instance)!, voter.Votes))];
        foreach (var voter in seated)
        {
            _held[voter.Rack!.Value] = _held.GetValueOrDefault(voter.Rack.Value) + voter.Votes;
        }
    }

    public static QuorumHelp Help(PlacementView view, QuorumGroupSpec group, ImmutableArray<VoterSeat> voters)
    {
        if (Find(view, voters, group.Votes) is { } moves)
        {
            return new QuorumHelp(moves, null, $"{Words(moves)}: then it outlives the loss of any one rack");
        }

        for (var more = 1; more <= MostWitnessVotes; more++)
        {
            if (Find(view, voters, group.Votes + more) is { } beside)
            {
                var votes = group.WitnessVotes + more;
                return new QuorumHelp(beside, votes,
                    $"{NoneFound}; with a witness of {Count.Of(votes, "vote")} in another fault domain or region "
                        + "(`witnessVotes`) "
                        + (beside.IsEmpty ? "it does as it is" : $"it does after this: {Words(beside)}"));
            }
        }

        return new QuorumHelp([], null, $"{NoneFound}, with a witness or without");
    }

    private static ImmutableArray<VoterMove>? Find(PlacementView view, ImmutableArray<VoterSeat> voters, int votes)
    {
        var search = new QuorumPlacement(view, voters, votes);
        for (var moves = 0; moves <= search._voters.Length && search._looks < MostLooks; moves++)
        {
            if (search.Try(0, moves))
            {
                return [.. search._moves.Reverse()];
            }
        }

        return null;
    }

    /// <summary>
    /// Whether the voters from <paramref name="next"/> on can be set right with so many moves; they are noted. The view
    /// is left as it was.
    /// </summary>
    private bool Try(int next, int moves)
    {
        var tooMany = _held.Values.Sum(votes => Math.Max(0, votes - _mayLose));
        if (tooMany == 0)
        {
            return true;
        }

        if (next == _voters.Length || moves == 0 || _looks >= MostLooks
            || _voters.Skip(next).Select(voter => voter.Votes).OrderDescending().Take(moves).Sum() < tooMany)
        {
            return false;
        }

        return Moves(next, moves) || Try(next + 1, moves);
    }

    private bool Moves(int next, int moves)
    {
        var (voter, votes) = _voters[next];
        var from = _view.Lift(voter)!.Value;
        var home = _view.Find(from)!.Spec.Rack;
        _held[home] -= votes;
        try
        {
            foreach (var rack in _racks.Where(rack => rack != home && _held.GetValueOrDefault(rack) + votes <= _mayLose)
                .OrderBy(rack => _held.GetValueOrDefault(rack)).ToList())
            {
                if (Best(voter, rack) is not { } node)
                {
                    continue;
                }

                _view.Seat(voter, node);
                _held[rack] = _held.GetValueOrDefault(rack) + votes;
                _moves.Push(new VoterMove(voter.Name, from, node, rack));
                var found = Try(next + 1, moves - 1);
                _view.Lift(voter);
                _held[rack] -= votes;
                if (found)
                {
                    return true;
                }

                _moves.Pop();
            }

            return false;
        }
        finally
        {
            _view.Seat(voter, from);
            _held[home] += votes;
        }
    }

    private NodeName? Best(Instance voter, RackName rack)
    {
        _looks++;
        return _nodes[rack].Where(node => PlacementDecider.RefusedBy(_view, node, voter) is null)
            .Select(node => (Node: (NodeName?)node.Node.Name, Total: PlacementDecider.Total(_view, node, voter)))
            .OrderByDescending(each => each.Total)
            .FirstOrDefault().Node;
    }

    private static string Words(ImmutableArray<VoterMove> moves) =>
        string.Join(", ", moves.Select(move => $"move {move.Instance} from {move.From} to {move.To} in {move.Rack}"));
}
