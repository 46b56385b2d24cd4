using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Placement;

/// <summary>How the votes of quorum groups lie over racks, seats given in this round included.</summary>
internal sealed class QuorumVotes
{
    private readonly Dictionary<InstanceName, List<Vote>> _of = [];
    private readonly Dictionary<(string Group, RackName Rack), int> _in = [];

    public QuorumVotes(Ledger ledger)
    {
        foreach (var (name, group) in ledger.All<QuorumGroupSpec>())
        {
            foreach (var member in group.Members.Where(member => member.Votes > 0))
            {
                if (!_of.TryGetValue(member.Instance, out var votes))
                {
                    _of[member.Instance] = votes = [];
                }

                votes.Add(new Vote(name, member.Votes, group.Votes - group.Majority));
            }
        }
    }

    /// <summary>It sits in the rack from now on (1), or no more (-1).</summary>
    public void Put(InstanceName instance, RackName rack, int sign)
    {
        if (_of.Count > 0 && _of.TryGetValue(instance, out var votes))
        {
            foreach (var vote in votes)
            {
                _in[(vote.Group, rack)] = _in.GetValueOrDefault((vote.Group, rack)) + (sign * vote.Votes);
            }
        }
    }

    /// <summary>Of one that is not seated, or is asked about another rack than its own.</summary>
    public (int Fellows, bool TooMany) In(InstanceName instance, RackName rack)
    {
        var (fellows, tooMany) = (0, false);
        if (_of.Count > 0 && _of.TryGetValue(instance, out var votes))
        {
            foreach (var vote in votes)
            {
                var others = _in.GetValueOrDefault((vote.Group, rack));
                fellows = Math.Max(fellows, others);
                tooMany |= others > 0 && others + vote.Votes > vote.MayLose;
            }
        }

        return (fellows, tooMany);
    }

    /// <param name="Group">Whose.</param>
    /// <param name="Votes">How many.</param>
    /// <param name="MayLose">So many the group can lose at once and still decide.</param>
    private readonly record struct Vote(string Group, int Votes, int MayLose);
}
