using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// A veto on automation: lets a proposal pass (null), or holds it with a reason that says what would release it.
/// </summary>
public interface IGuard
{
    /// <param name="cluster">The picture with all that this round has decided so far.</param>
    /// <param name="census">The silent nodes when the round began.</param>
    Reason? Holds(Cluster cluster, Census census, Proposal proposal, Instant now);
}
