using Havm.Core.Changes;
using Havm.Model;

namespace Havm.Core.Rotation;

/// <summary>Tells the node what is planned with an instance once that has left rotation.</summary>
public static class RotationDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        foreach (var instance in cluster.Ledger.Instances.OutOfRotation)
        {
            if (instance.RotationExit is { } exit && RotationRule.Over(cluster, instance, exit, now) is { } why)
            {
                yield return new Proposal(new RotationLeft(instance.Name), why, Impact.Restart);
            }
        }
    }
}
