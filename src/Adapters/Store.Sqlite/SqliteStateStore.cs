using Havm.Model;
using Havm.Runtime.Ports;
using Microsoft.Data.Sqlite;

namespace Havm.Store.Sqlite;

/// <summary>
/// The controller's state in one SQLite file, "havm.db": write-ahead log, every commit on the disk before it answers.
/// After a failed fsync or found damage nothing more is written: reopen, and what the disk really holds is read.
/// </summary>
public sealed class SqliteStateStore : IStateStore
{
    public const string FileName = "havm.db";

    private readonly string _path;
    private readonly StoreThread _thread;
    private readonly StoreLock _lock;
    private readonly SqliteConnection _connection;
    private readonly SqliteRecords _records;
    private StoreException? _broken;
    private int _disposed;

    private SqliteStateStore(
        string path, StoreThread thread, StoreLock held, SqliteConnection connection, SqliteRecords records) =>
        (_path, _thread, _lock, _connection, _records) = (path, thread, held, connection, records);

    /// <summary>
    /// Opens or makes the store in <paramref name="directory"/>: takes the lock, checks the file, migrates it.
    /// Throws <see cref="StoreException"/> with any of its kinds.
    /// </summary>
    public static Task<SqliteStateStore> OpenAsync(string directory, CancellationToken cancel) =>
        OpenAsync(directory, StoreSchema.Steps, cancel);

    internal static async Task<SqliteStateStore> OpenAsync(
        string directory, IReadOnlyList<string> schemaSteps, CancellationToken cancel)
    {
        string path = Path.Combine(Path.GetFullPath(directory), FileName);
        var thread = new StoreThread();
        try
        {
            return await thread.RunAsync(() => Open(path, schemaSteps, thread), cancel).ConfigureAwait(false);
        }
        catch
        {
            thread.Dispose();
            throw;
        }
    }

    public Task<StoreContents> LoadAsync(CancellationToken cancel) => UseAsync(_records.Load, cancel);

    public Task<Epoch> TakeOfficeAsync(CancellationToken cancel) => UseAsync(_records.TakeOffice, cancel);

    public Task<CommitOutcome> CommitAsync(
        Epoch epoch, IReadOnlyList<StoreWrite> writes, CancellationToken cancel) =>
        UseAsync(() => _records.Commit(epoch, writes), cancel);

    /// <summary>Copies through a reading connection of its own; commits go on meanwhile.</summary>
    public Task BackupAsync(string target, CancellationToken cancel) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                using SqliteConnection reading = SqliteConnections.Open(_path);
                StoreBackup.Copy(reading, _path, Path.GetFullPath(target), replace: false);
            }
            catch (SqliteException error)
            {
                throw StoreFault.Explain(_path, error);
            }
        },
        cancel,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _thread.Dispose();
            _records.Dispose();
            _connection.Dispose();
            _lock.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private Task<T> UseAsync<T>(Func<T> work, CancellationToken cancel) => _thread.RunAsync(
        () =>
        {
            if (_broken is not null)
            {
                throw new StoreException(_broken.Trouble, $"{_broken.Message} (since an earlier error)", _broken);
            }

            try
            {
                return work();
            }
            catch (Exception error) when (error is SqliteException or IOException)
            {
                StoreException explained = StoreFault.Explain(_path, error);
                if (StoreFault.IsFatal(error) && explained.Trouble != StoreTrouble.Full)
                {
                    _broken = explained;
                }

                throw explained;
            }
        },
        cancel);

    private static SqliteStateStore Open(string path, IReadOnlyList<string> schemaSteps, StoreThread thread)
    {
        StoreLock? held = null;
        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            held = StoreLock.Take(path);
            connection = SqliteConnections.Open(path);
            StoreSchema.CheckIntegrity(connection, path);
            int version = StoreSchema.Read(connection, path, schemaSteps);
            SqliteConnections.MakeDurable(connection);
            StoreSchema.Migrate(connection, path, version, schemaSteps);
            return new SqliteStateStore(path, thread, held, connection, new SqliteRecords(connection));
        }
        catch (Exception error)
        {
            connection?.Dispose();
            held?.Dispose();
            if (error is StoreException or SqliteException or IOException or UnauthorizedAccessException)
            {
                throw StoreFault.Explain(path, error);
            }

            throw;
        }
    }
}
