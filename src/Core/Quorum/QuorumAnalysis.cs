using System.Collections.Immutable;
using Havm.Core.Placement;
using Havm.Model;

namespace Havm.Core.Quorum;

/// <summary>
/// What a quorum group would lose with each rack, node and update domain: <c>havm quorum check</c>. It decides nothing
/// by itself; that automation takes no voter away whose votes are needed is the disruption guard's.
/// </summary>
public static class QuorumAnalysis
{
    /// <summary>Of every group, by name.</summary>
    public static ImmutableArray<QuorumFinding> Of(Cluster cluster, Instant now)
    {
        var view = new PlacementView(cluster);
        return [.. cluster.Ledger.All<QuorumGroupSpec>().Select(each => Of(cluster, view, each.Name, each.Spec, now))];
    }

    public static QuorumFinding Of(Cluster cluster, string name, QuorumGroupSpec group, Instant now) =>
        Of(cluster, new PlacementView(cluster), name, group, now);

    private static QuorumFinding Of(
        Cluster cluster, PlacementView view, string name, QuorumGroupSpec group, Instant at)
    {
        ImmutableArray<VoterSeat> voters =
            [.. group.Members.Where(member => member.Votes > 0).Select(member => SeatOf(cluster, view, member, at))];
        var now = group.WitnessVotes + voters.Where(voter => voter.Counts).Sum(voter => voter.Votes);
        var may = group.WitnessVotes + voters.Where(voter => VoterRule.MayVote(cluster, voter.Instance))
            .Sum(voter => voter.Votes);
        ImmutableArray<QuorumLoss> losses =
        [
            .. Losses(LossKind.FaultDomain, voter => voter.Rack?.Value),
            .. Losses(LossKind.Node, voter => voter.Node?.Value),
            .. Losses(LossKind.UpdateDomain, voter => voter.UpdateDomain),
        ];
        var finding = new QuorumFinding(
            name, group.Votes, group.Majority, now, may, voters, losses, [.. Shared(voters)], null);
        return finding.OutlivesRacks ? finding : finding with { Help = QuorumPlacement.Help(view, group, voters) };

        IEnumerable<QuorumLoss> Losses(LossKind kind, Func<VoterSeat, string?> of) => voters
            .Where(voter => of(voter) is not null)
            .GroupBy(voter => of(voter)!, StringComparer.Ordinal)
            .OrderBy(lost => lost.Key, NaturalOrder.Instance)
            .Select(lost => new QuorumLoss(
                kind, lost.Key, [.. lost.Select(voter => voter.Instance)],
                group.Votes - lost.Sum(voter => voter.Votes),
                now - lost.Where(voter => voter.Counts).Sum(voter => voter.Votes)));
    }

    private static VoterSeat SeatOf(Cluster cluster, PlacementView view, Voter member, Instant now)
    {
        var node = view.SeatOf(member.Instance);
        var instance = cluster.Ledger.Instances.GetValueOrDefault(member.Instance);
        var domain = instance?.AvailabilitySet is { } set
            ? $"update domain {instance.UpdateDomain} of {set}" : "all in no availability set";
        return new VoterSeat(
            member.Instance, member.Votes, node, node is { } name ? view.Find(name)?.Spec.Rack : null, domain,
            VoterRule.IsCountedOn(cluster, member.Instance, now));
    }

    private static IEnumerable<string> Shared(ImmutableArray<VoterSeat> voters)
    {
        foreach (var rack in voters.Where(voter => voter.Rack is not null).GroupBy(voter => voter.Rack!.Value)
            .Where(rack => rack.Count() > 1).OrderBy(rack => rack.Key.Value, NaturalOrder.Instance))
        {
            var nodes = rack.GroupBy(voter => voter.Node!.Value).Where(node => node.Count() > 1).ToList();
            yield return nodes.Count > 0
                ? string.Join("; ", nodes.Select(node => $"{Names(node)} share node {node.Key}"))
                : $"{Names(rack)} share rack {rack.Key}";
        }
    }

    private static string Names(IEnumerable<VoterSeat> voters) =>
        string.Join(" and ", voters.Select(voter => voter.Instance));
}
