using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>
/// One durable step of the ledger. Committed, under the leader's epoch, before any reply or command leaves.
/// </summary>
public abstract record Change
{
    public abstract Ledger Apply(Ledger ledger);

    /// <summary>The records it may alter, for the store; a record absent afterwards is deleted.</summary>
    public abstract IEnumerable<RecordKey> Touches(Ledger before);

    /// <summary>What it is about, "Node/n1" or "Instance/web-0", for the event that tells of it.</summary>
    public abstract string Subject { get; }
}

/// <summary>One record of the ledger in the store.</summary>
public readonly record struct RecordKey(RecordTable Table, string Key);

/// <summary>The store's tables. Names are part of the stored format.</summary>
public enum RecordTable
{
    Meta,
    Spec,
    Node,
    Instance,
    Retired,
    Incident,
    Event,
    LongLease,
    Disarm,
    Backup,
    Account,
    Observing,
}

/// <summary>What a person is told about one step: ordered, resumable by number.</summary>
/// <param name="Sequence">Grows by one without gaps.</param>
/// <param name="At">UTC.</param>
/// <param name="Name">The change's name in camelCase: "seatTaken".</param>
/// <param name="Subject">"Node/n1".</param>
/// <param name="Reason">Why, with evidence.</param>
public sealed record EventRecord(long Sequence, DateTimeOffset At, string Name, string Subject, Reason Reason);
