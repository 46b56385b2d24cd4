using Havm.Model;

namespace Havm.Core.Host;

/// <summary>
/// Whom a node obeys: a controller of its own cluster whose epoch is not below the highest it has seen. Two
/// controllers that claim one epoch are a copied state, and the second is refused.
/// </summary>
public static class LeaderRule
{
    /// <summary>Null when the speaker is obeyed, else why not.</summary>
    public static Reason? Refusal(string ownCluster, LeaderSeen highest, string cluster, string controller, Epoch epoch)
    {
        if (cluster != ownCluster)
        {
            return new Reason(
                "leader", "otherCluster", $"controller {controller} is of cluster '{cluster}', not '{ownCluster}'");
        }

        if (epoch < highest.Epoch)
        {
            return new Reason(
                "leader", "oldEpoch",
                $"controller {controller} has epoch {epoch}, but {highest.Epoch} was seen from {highest.Controller}");
        }

        return epoch == highest.Epoch && highest.Controller.Length > 0 && controller != highest.Controller
            ? new Reason(
                "leader", "copiedState", $"controllers {highest.Controller} and {controller} both claim epoch {epoch}")
            : null;
    }
}
