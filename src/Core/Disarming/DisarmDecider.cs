using Havm.Core.Changes;
using Havm.Core.Leases;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Disarming;

/// <summary>
/// When a disarm ends: by itself at its time; and for good T after every node that may hold to it has acknowledged
/// that.
/// </summary>
public static class DisarmDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        switch (cluster.Ledger.Disarm)
        {
            case { State: DisarmState.InForce } disarm when cluster.Wall >= disarm.Until:
                var due = new Reason("disarming", "disarmEnds",
                    $"the {Automation.NameOf(disarm.Mode)} that {disarm.By} ordered is over by itself");
                yield return DisarmRule.End(cluster, disarm, due);
                break;
            case { State: DisarmState.LookingAround } disarm
                when DisarmRule.LookingSince(cluster) is { } since && now - since >= DisarmRule.LookAround:
                var seen = new Reason("disarming", "lookedAround",
                    $"for {DisarmRule.LookAround.TotalSeconds:0} s every node was searched for what people moved or "
                        + "started: automation is on again");
                yield return DisarmRule.Rearm(cluster, seen);
                break;
            case { State: DisarmState.Rearming } disarm
                when DisarmRule.Acknowledged(cluster, disarm) is { } last && now - last >= LeaseTerms.Default.LongestT:
                var over = new Reason("disarming", "disarmOver",
                    $"every node has acknowledged for {LeaseTerms.Default.LongestT.TotalSeconds:0} s that automation "
                        + "is on: leases prove again");
                yield return new Proposal(new DisarmOver(over), over);
                break;
        }
    }
}
