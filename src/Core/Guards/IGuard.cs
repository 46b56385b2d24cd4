using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>A veto on automation: lets a proposal pass (null), or holds it with a reason that says what would release it.</summary>
public interface IGuard
{
    Reason? Holds(Cluster cluster, Proposal proposal, Instant now);
}
