using Havm.Core.Rotation;
using Havm.Model;

namespace Havm.Runtime.Ports;

/// <summary>
/// Runs load balancers and reads what they say. Each lives by itself: the end of who tends it, however sudden, leaves
/// it and its traffic alone, and the next one that tends it finds it as it is. One call at a time for each balancer.
/// Trouble is a value; only a cancelled token throws.
/// </summary>
public interface ILoadBalancer
{
    /// <summary>
    /// Brings a balancer to its plan and reads it then: what is said is never older than what was done. Idempotent. One
    /// that does not run is started, with its members; after a start that failed it is left alone for a while that
    /// grows. Members are changed in the running process: nobody else's connection notices. Only another listener,
    /// probe or mode makes a new process, which takes over from the old one; that ends what it has begun.
    /// Ends within 5 s but for a start, which may take 10 s.
    /// </summary>
    Task<BalancerAnswer> TendAsync(BalancerPlan plan, CancellationToken cancel);

    /// <summary>Balancers that were ever tended here and not removed since.</summary>
    Task<IReadOnlyList<string>> KnownAsync(CancellationToken cancel);

    /// <summary>Ends a balancer and forgets it; nothing happens when there is none.</summary>
    Task RemoveAsync(string name, CancellationToken cancel);
}

/// <summary>What came of it.</summary>
/// <param name="Word">What the balancer says; null: it could not be heard.</param>
/// <param name="Trouble">Why not, with what to check; empty when it was.</param>
public sealed record BalancerAnswer(BalancerWord? Word, string Trouble)
{
    public static BalancerAnswer Of(BalancerWord word) => new(word, "");

    public static BalancerAnswer Silent(string trouble) => new(null, trouble);
}
