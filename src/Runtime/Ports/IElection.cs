using Havm.Model;

namespace Havm.Runtime.Ports;

/// <summary>
/// The office among several controllers, as a linearizable store keeps it: leases that end unless they are kept alive,
/// one key that is held under a lease and stands for the office, and an epoch that grows with each claim. What Core's
/// ElectionDecider wants done is asked here.
/// <para>Atomicity: a claim takes the key and raises the epoch in one durable transaction, or does nothing. Order: what
/// was answered is seen by everybody who asks later. Idempotence: a claim is none; whoever gets no answer to one does
/// not know whether it counted, and revokes its lease. Failure: no answer within the caller's patience is the answer
/// Unknown, never an exception; only a cancelled token throws.</para>
/// <para>A commit of the state in a term is guarded by the same key: it is refused once the office is not held in that
/// very term any more.</para>
/// </summary>
public interface IElection
{
    /// <summary>
    /// A lease that the store ends when <paramref name="ttl"/> has passed on its own clock since it took this question
    /// or the last keepalive. Never earlier; later by half a second, or by a whole ttl when another member of the store
    /// has begun to lead it.
    /// </summary>
    Task<LeaseAnswer> GrantAsync(TimeSpan ttl, CancellationToken cancel);

    /// <summary>Renews a lease that has not ended.</summary>
    Task<LeaseAnswer> KeepAliveAsync(long lease, CancellationToken cancel);

    /// <summary>Ends a lease, and the office that is held under it. Of one that has ended it does nothing.</summary>
    Task<LeaseAnswer> RevokeAsync(long lease, CancellationToken cancel);

    /// <summary>If nobody holds the office it is held under this lease from now on, in a new epoch.</summary>
    Task<ClaimAnswer> ClaimAsync(long lease, CancellationToken cancel);

    /// <summary>Ends as soon as nobody holds the office, at once when nobody does.</summary>
    Task WatchAsync(CancellationToken cancel);
}

public enum ElectionFate
{
    /// <summary>It was done.</summary>
    Done,

    /// <summary>It was refused: the lease has ended, the office is held, or nothing can be written.</summary>
    Refused,

    /// <summary>No answer came: nobody knows whether it was done.</summary>
    Unknown,
}

/// <param name="Lease">The lease; 0 where none was given.</param>
public sealed record LeaseAnswer(ElectionFate Fate, long Lease);

/// <param name="Epoch">The epoch of a claim that was done; none otherwise.</param>
public sealed record ClaimAnswer(ElectionFate Fate, Epoch Epoch);
