using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// A veto on automation: lets a proposal pass (null), or holds it with a reason that says what would release it.
/// </summary>
public interface IGuard
{
    /// <summary>What lets pass what it holds, in words that go on after "released by".</summary>
    string ReleasedBy { get; }

    /// <param name="cluster">The picture with all that this round has decided so far.</param>
    /// <param name="census">The silent nodes when the round began.</param>
    Reason? Holds(Cluster cluster, Census census, Proposal proposal, Instant now);
}
