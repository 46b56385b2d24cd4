using Havm.Core.Changes;
using Havm.Model;

namespace Havm.Core.Notices;

/// <summary>
/// Lets a plan begin once the guest has approved it, or has had its time; not while it leaves rotation, or its guest
/// would read that nothing is planned any more.
/// </summary>
public static class NoticeDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        foreach (var instance in cluster.Ledger.Instances.Restless)
        {
            if (instance is { Notice: { } note, RotationExit: null }
                && NoticeRule.Over(cluster, instance, note) is { } why)
            {
                yield return new Proposal(new NoticeEnded(instance.Name), why, Impact.Restart);
            }
        }
    }
}
