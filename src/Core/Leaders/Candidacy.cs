using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Leaders;

/// <summary>Where a controller replica stands towards the office.</summary>
public enum CandidacyPhase
{
    /// <summary>Another holds the office, or nothing is known of it: it waits to be told that nobody does.</summary>
    Watching,

    /// <summary>Nobody holds the office: it has asked the store for a lease to hold it under.</summary>
    AskingLease,

    /// <summary>Its claim to the office is on its way, under a lease of its own.</summary>
    Claiming,

    /// <summary>It holds the office, and acts as long as its last answered keepalive is young enough.</summary>
    Leading,
}

/// <summary>
/// One life of a controller replica as it stands towards the office; not stored. A new life begins anew, and learns
/// from the store whether its predecessor still holds the office.
/// </summary>
public sealed record Candidacy
{
    public required CandidacyPhase Phase { get; init; }

    /// <summary>The number of the newest question.</summary>
    public long Question { get; init; }

    /// <summary>Keepalives that may still be answered, the oldest first: each renews from when it was sent.</summary>
    public ImmutableArray<(long Question, Instant Sent)> Open { get; init; } = [];

    /// <summary>When the newest question was sent; null: none is open.</summary>
    public Instant? AskedAt { get; init; }

    /// <summary>The store's number of the lease it holds or claims the office under; 0: none.</summary>
    public long Lease { get; init; }

    /// <summary>
    /// When the last question was *sent* that the store answered by giving or renewing the lease: its age is counted
    /// from here.
    /// </summary>
    public Instant LeaseFrom { get; init; }

    /// <summary>
    /// After a claim that came to nothing, and after a term, others go first: it watches again from then on. Null: it
    /// watches.
    /// </summary>
    public Instant? RestsUntil { get; init; }

    /// <summary>The term, while leading.</summary>
    public Epoch Epoch { get; init; } = Epoch.None;

    public static Candidacy Begin { get; } = new()
    {
        Phase = CandidacyPhase.Watching, RestsUntil = Instant.Origin,
    };

    /// <summary>Until when this leader may act, on its own clock; null while it does not lead.</summary>
    public Instant? LeadsUntil(LeadershipTerms terms) =>
        Phase == CandidacyPhase.Leading ? LeaseFrom + terms.StepDown : null;
}

/// <summary>A fact about the office.</summary>
public abstract record ElectionInput
{
    /// <summary>Time passed. Nothing that is due is missed when it comes late: every rule looks at the clock.</summary>
    public sealed record Tick : ElectionInput;

    /// <summary>The store says that nobody holds the office.</summary>
    public sealed record OfficeVacant : ElectionInput;

    /// <summary>The store gave a lease.</summary>
    public sealed record LeaseGiven(long Question, long Lease) : ElectionInput;

    /// <summary>
    /// The store answered the claim: it is ours under this epoch, which is durable and higher than any before; or,
    /// with null, somebody else was there first.
    /// </summary>
    public sealed record ClaimAnswered(long Question, Epoch? Won) : ElectionInput;

    /// <summary>The store answered a keepalive; not alive: the lease is gone, and the office with it.</summary>
    public sealed record KeptAlive(long Question, bool Alive) : ElectionInput;

    /// <summary>
    /// A commit of ours was refused because the office is not ours any more, or nobody can say whether it counted.
    /// </summary>
    public sealed record CommitFailed(Epoch Epoch) : ElectionInput;
}

/// <summary>What a replica wants done. None may block; an answer comes as an input, or never.</summary>
public abstract record ElectionEffect
{
    /// <summary>Be told as soon as nobody holds the office.</summary>
    public sealed record Watch : ElectionEffect;

    public sealed record AskLease(long Question, TimeSpan Ttl) : ElectionEffect;

    /// <summary>
    /// One transaction: if nobody holds the office it is ours under this lease, and the epoch grows by one, durably.
    /// </summary>
    public sealed record Claim(long Question, long Lease) : ElectionEffect;

    public sealed record KeepAlive(long Question, long Lease) : ElectionEffect;

    /// <summary>Give the lease back, and the office with it; nobody waits for the answer.</summary>
    public sealed record Revoke(long Lease) : ElectionEffect;

    /// <summary>Begin a term from the newest state in the store.</summary>
    public sealed record TakeOffice(Epoch Epoch) : ElectionEffect;

    /// <summary>End the term, at once: nothing more is answered, committed or ordered under it.</summary>
    public sealed record LeaveOffice(Epoch Epoch, Reason Why) : ElectionEffect;

    /// <summary>Come back with a tick at this moment on the own clock.</summary>
    public sealed record WakeAt(Instant At) : ElectionEffect;
}
