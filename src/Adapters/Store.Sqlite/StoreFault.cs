using Havm.Runtime.Ports;
using Microsoft.Data.Sqlite;

namespace Havm.Store.Sqlite;

/// <summary>The one place where SQLite's and the system's errors become a closed trouble with a remedy.</summary>
internal static class StoreFault
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int IoError = 10;
    private const int CorruptFile = 11;
    private const int FullDisk = 13;
    private const int NotADatabase = 26;

    /// <summary>Below this much free space an I/O error is taken for a full disk.</summary>
    private const long NoSpaceBytes = 64 << 10;

    public static StoreException Explain(string path, Exception error) => error switch
    {
        StoreException known => known,
        SqliteException { SqliteErrorCode: FullDisk } => Full(path, error),
        SqliteException { SqliteErrorCode: IoError } when IsFull(path) => Full(path, error),
        SqliteException { SqliteErrorCode: CorruptFile or NotADatabase } => Corrupt(path, error.Message, error),
        SqliteException { SqliteErrorCode: Busy or Locked } => new StoreException(
            StoreTrouble.HeldByAnother,
            $"state {path} is locked by another program; close whatever has it open (see 'fuser {path}')",
            error),
        _ when IsFull(path) && error is IOException => Full(path, error),
        _ => new StoreException(
            StoreTrouble.Unusable,
            $"state {path} cannot be used: {error.Message}; check the path, its rights and its disk",
            error),
    };

    /// <summary>
    /// True when nothing more may be written through this connection: what the disk holds is not known any more
    /// (a failed fsync may have dropped what it should have kept), or is damaged.
    /// </summary>
    public static bool IsFatal(Exception error) =>
        error is SqliteException { SqliteErrorCode: IoError or CorruptFile or NotADatabase };

    public static StoreException Corrupt(string path, string finding, Exception? inner = null)
    {
        IReadOnlyList<string> copies = StoreCopies.Find(path);
        string remedy = copies.Count == 0
            ? $"no copy of it lies in {Path.GetDirectoryName(path)}: put a backup in its place"
            : $"stop the controller, move the file away and put a copy in its place: {string.Join(", ", copies)}";
        return new StoreException(
            StoreTrouble.Corrupt, $"state {path} is damaged ({finding}); nothing was changed; {remedy}", inner);
    }

    private static StoreException Full(string path, Exception error) => new(
        StoreTrouble.Full,
        $"no room for state on the disk of {path}; nothing of this change was kept; free some space there",
        error);

    private static bool IsFull(string path)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace < NoSpaceBytes;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
