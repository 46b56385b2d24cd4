using Havm.Model;

namespace Havm.Runtime.Ports;

/// <summary>
/// The controller's durable memory: small JSON records under (table, key).
/// Promises, checked by one contract suite for every backend:
/// a commit is all or nothing and survives kill -9 and power loss once it has answered
/// <see cref="CommitOutcome.Committed"/>; a commit under an epoch that is not the newest changes nothing and answers
/// <see cref="CommitOutcome.Deposed"/>; <see cref="LoadAsync"/> returns exactly what was committed; one process at a
/// time holds the store open. Trouble is a <see cref="StoreException"/> with a closed kind, never a raw backend
/// exception.
/// </summary>
public interface IStateStore : IAsyncDisposable
{
    /// <summary>Everything that is committed, and the newest epoch.</summary>
    Task<StoreContents> LoadAsync(CancellationToken cancel);

    /// <summary>
    /// Raises the epoch by one and makes that durable before it returns: a leader calls it before its first word.
    /// </summary>
    Task<Epoch> TakeOfficeAsync(CancellationToken cancel);

    /// <summary>
    /// Writes all of <paramref name="writes"/> atomically if <paramref name="epoch"/> is still the newest.
    /// </summary>
    Task<CommitOutcome> CommitAsync(Epoch epoch, IReadOnlyList<StoreWrite> writes, CancellationToken cancel);

    /// <summary>
    /// Copies the committed state to a new file or name while the store is in use. The copy holds one record more, the
    /// <see cref="BackupMark"/>, so that whoever starts from it knows that it is older than what nodes may do.
    /// </summary>
    Task BackupAsync(string target, CancellationToken cancel);
}

/// <summary>One record to write; a null <paramref name="Json"/> deletes it.</summary>
public sealed record StoreWrite(string Table, string Key, string? Json);

/// <summary>One committed record.</summary>
public sealed record StoreRecord(string Table, string Key, string Json);

/// <summary>What tells a copy from the state it was made of: when it was made, UTC, as a JSON text.</summary>
public static class BackupMark
{
    public const string Table = "backup";

    public const string Key = "made";
}

public sealed record StoreContents(Epoch Epoch, int SchemaVersion, IReadOnlyList<StoreRecord> Records);

public enum CommitOutcome
{
    Committed,

    /// <summary>A newer epoch exists: resign and act on nothing.</summary>
    Deposed,
}

/// <summary>Why a store cannot be used, with the remedy in the message.</summary>
public sealed class StoreException(StoreTrouble trouble, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public StoreTrouble Trouble { get; } = trouble;
}

public enum StoreTrouble
{
    /// <summary>Another controller holds this state.</summary>
    HeldByAnother,

    /// <summary>The state cannot be read as what was written.</summary>
    Corrupt,

    /// <summary>No room to write; nothing of the commit was kept.</summary>
    Full,

    /// <summary>Written by a newer version of Havm.</summary>
    NewerSchema,

    /// <summary>The path cannot be opened or written at all.</summary>
    Unusable,
}
