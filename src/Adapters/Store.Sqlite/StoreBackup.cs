using Havm.Runtime.Ports;
using Microsoft.Data.Sqlite;

namespace Havm.Store.Sqlite;

/// <summary>
/// Copies a store through SQLite's backup interface. The copy gets its name only when it is whole and on the disk, so
/// that half a copy is never taken for a backup.
/// </summary>
internal static class StoreBackup
{
    /// <summary>The state names BMCs, files of credentials and every command line: not everybody's to read.</summary>
    private static readonly FileStreamOptions OwnersAlone = new()
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };

    /// <summary>UTC in SQLite's own words, as a JSON text.</summary>
    private const string Now = """'"' || strftime('%Y-%m-%dT%H:%M:%SZ', 'now') || '"'""";

    public static void Copy(SqliteConnection from, string path, string target, bool replace)
    {
        if (!replace && File.Exists(target))
        {
            throw new StoreException(
                StoreTrouble.Unusable, $"backup {target} exists already; choose another name or remove it first");
        }

        string partial = target + ".partial";
        try
        {
            File.Delete(partial);
            using (new FileStream(partial, OwnersAlone))
            {
                // SQLite writes into a file that is there and leaves its rights as they are.
            }

            using (SqliteConnection to = SqliteConnections.Open(partial))
            {
                from.BackupDatabase(to);
                to.Run($"INSERT OR REPLACE INTO record VALUES ('{BackupMark.Table}', '{BackupMark.Key}', {Now})");

                // A copy is one file: no log beside it that a careless hand would leave behind.
                to.Run("PRAGMA journal_mode = DELETE");
            }

            using (var file = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite))
            {
                file.Flush(flushToDisk: true);
            }

            File.Move(partial, target, replace);
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            TryDelete(partial);
            throw new StoreException(
                StoreFault.Explain(target, error).Trouble,
                $"state {path} could not be copied to {target}: {error.Message}; check that place's rights and room",
                error);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The copy's own error is what the caller needs to hear.
        }
    }
}
