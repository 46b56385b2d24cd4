using System.Collections.Immutable;
using Havm.Core.Lifecycle;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>
/// What is legal and yet worth saying at apply: risks a person chooses, and what does not come true at once. Told of
/// what changes only: who applies the same again has read it.
/// </summary>
public static partial class Warnings
{
    /// <param name="before">The picture without them.</param>
    /// <param name="after">The ledger as it is with them.</param>
    /// <param name="changed">Those of the submission that are new or differ.</param>
    public static ImmutableArray<Warning> About(Cluster before, Ledger after, IEnumerable<SpecObject> changed) =>
    [
        .. changed.SelectMany(item => Risks(item)
            .Concat(Leased(after, item)).Concat(Bound(after, item)).Concat(Crowded(after, item))
            .Concat(Later(before, after, item))
            .Select(message => new Warning(item.Key.ToString(), message))).Distinct(),
    ];

    private static IEnumerable<string> Risks(SpecObject item) => item.Spec switch
    {
        NodeSpec node => Risks(node),
        PolicySpec { Placement.Overcommit: true } =>
            ["overcommit gives memory away beyond what nodes have: a node that runs out of it kills guests that were "
                + "well; write balance: used with it, or overcommit: false"],
        QuorumGroupSpec { Votes: var votes } group when votes % 2 == 0 =>
            [$"{votes} votes need {group.Majority} for a majority, as one more would: an even number bears no more "
                + "losses than one vote less; write witnessVotes: 1 if there is a witness, or add an arbiter"],
        VirtualMachineSpec vm => Alone(vm.Template),
        _ => [],
    };

    private static IEnumerable<string> Risks(NodeSpec node)
    {
        if (node.Watchdog == WatchdogKind.TrustWarden)
        {
            yield return "trustWarden counts lease expiry as proof with no independent watchdog behind it: a node that "
                + "hangs in its kernel could break that promise; fit a watchdog and write independent";
        }

        if (node is { Rungs.IsEmpty: true, Watchdog: WatchdogKind.None })
        {
            yield return "without a BMC and a watchdog nothing but an operator can prove it dead, and its instances "
                + "wait for that"
                + (node.Cuts.IsEmpty ? "" : ", but for those with all disks on datastores that its fencing cuts off")
                + "; write bmc or watchdog if it has one";
        }

        foreach (var blind in node.Rungs.Where(m => m.Uuid is null))
        {
            yield return $"{blind.Place} is not compared with a UUID: if it switches another machine, that one is "
                + "switched off and this one taken for dead; "
                + (blind.Driver == FenceDriver.Ipmi
                    ? "write uuid, if its BMC tells one"
                    : "try it by hand on this machine before it is needed, and again after each change of cables");
        }

        foreach (var cut in node.Cuts)
        {
            yield return $"{cut.Place} does not tell which machine it cuts off: if it is another, that one loses its "
                + "disks, and this one may write beside the copies that take its place; try it by hand on this machine "
                + "before it is needed, and again after each change of the storage";
        }
    }

    private static IEnumerable<string> Alone(InstanceTemplate template) =>
        template.AvailabilitySet is null
            ? ["is in no availability set, so it is outside the promise of spread; name one if it has peers"]
            : [];

    /// <summary>Voters on one node by rule that no majority is left without: none of them ever leaves it.</summary>
    private static IEnumerable<string> Bound(Ledger after, SpecObject item)
    {
        var named = item.Spec switch
        {
            QuorumGroupSpec group => [.. group.Members.Select(member => member.Instance)],
            PlacementRuleSpec rule => rule.Together,
            _ => ImmutableArray<InstanceName>.Empty,
        };
        if (named.IsEmpty)
        {
            return [];
        }

        var rules = PlacementRules.Of(after);
        return
            from quorum in after.All<QuorumGroupSpec>()
            where item.Spec is PlacementRuleSpec || item.Metadata.Name == quorum.Name
            from party in quorum.Spec.Members.Where(member => named.Contains(member.Instance))
                .Select(member => rules.GroupOf(member.Instance)).DistinctBy(party => party[0])
            let bound = quorum.Spec.Members.Where(m => m.Votes > 0 && party.Contains(m.Instance)).ToList()
            where bound.Count > 1 && quorum.Spec.Votes - bound.Sum(member => member.Votes) < quorum.Spec.Majority
                && bound.All(member => quorum.Spec.Votes - member.Votes >= quorum.Spec.Majority)
            select $"{string.Join(" and ", bound.Select(member => member.Instance))} are bound to one node, and "
                + $"QuorumGroup/{quorum.Name} has no majority without them: it is lost with that node, and automation "
                + "moves none of them; take one out of the rule";
    }

    /// <summary>Votes that cannot be spread over the racks there are so that any one of them may be lost.</summary>
    private static IEnumerable<string> Crowded(Ledger after, SpecObject item)
    {
        // One that bears no loss at all is told so as an even number.
        if (item.Spec is not QuorumGroupSpec group || group.Votes == group.Majority)
        {
            yield break;
        }

        var racks = after.All<NodeSpec>().Select(node => node.Spec.Rack).Distinct().Count();
        var mayLose = group.Votes - group.Majority;
        if (group.Members.FirstOrDefault(member => member.Votes > mayLose) is { } heavy)
        {
            yield return $"with the rack of {heavy.Instance} it loses {Count.Of(heavy.Votes, "vote")} and its "
                + "majority, wherever that is: give others votes, or a witness; `havm quorum check` says how many";
        }
        else if (racks * mayLose < group.Members.Sum(member => member.Votes))
        {
            yield return $"on {Count.Of(racks, "rack")} some rack's loss costs it its majority, wherever its members "
                + "are: add a rack, or a witness outside (`witnessVotes`); `havm quorum check` says with how many "
                + "votes";
        }
    }

    /// <summary>What machines that run take up only when they start anew.</summary>
    private static IEnumerable<string> Later(Cluster before, Ledger after, SpecObject item)
    {
        var cluster = before with { Ledger = after };
        var plans = item.Spec is ImageSpec
            ? InstancePlan.Of(after).Values.Where(p => p.Template.Image == item.Metadata.Name)
            : InstancePlan.Of(item).DistinctBy(p => p.Name);
        return plans
            .Select(plan => (plan.Name, Waits: Later(cluster, plan)))
            .Where(each => each.Waits.Length > 0)
            .GroupBy(each => each.Waits, each => each.Name)
            .Select(same => $"{same.Key}: only from the next start of {string.Join(", ", same)} on; "
                + "`havm vm restart NAME` does that now");
    }

    private static string Later(Cluster cluster, PlannedInstance plan) =>
        cluster.Ledger.Instances.TryGetValue(plan.Name, out var instance) && instance.Owner == plan.Owner
            && InstanceFactory.Revise(cluster, instance, plan) is { } revised
            ? string.Join(", ", PendingStart.Of(cluster, instance, revised.Machine))
            : "";
}
