using Havm.Model;
using Havm.Runtime.Ports;
using Microsoft.Data.Sqlite;

namespace Havm.Store.Sqlite;

/// <summary>The statements of the store, prepared once. Used by the store's thread alone.</summary>
internal sealed class SqliteRecords : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _epoch;
    private readonly SqliteCommand _raise;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;

    public SqliteRecords(SqliteConnection connection)
    {
        _connection = connection;
        _epoch = Prepare("SELECT epoch FROM office");
        _raise = Prepare("UPDATE office SET epoch = epoch + 1");
        _put = Prepare(
            "INSERT INTO record (collection, key, json) VALUES ($collection, $key, $json) "
            + "ON CONFLICT (collection, key) DO UPDATE SET json = excluded.json",
            "$collection", "$key", "$json");
        _delete = Prepare("DELETE FROM record WHERE collection = $collection AND key = $key", "$collection", "$key");
    }

    public StoreContents Load()
    {
        _connection.Run("BEGIN");
        try
        {
            using SqliteCommand command = _connection.CreateCommand();
            command.CommandText = "SELECT collection, key, json FROM record ORDER BY collection, key";
            using SqliteDataReader reader = command.ExecuteReader();
            var records = new List<StoreRecord>();
            while (reader.Read())
            {
                records.Add(new StoreRecord(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
            }

            return new StoreContents(ReadEpoch(), (int)_connection.Number("PRAGMA user_version"), records);
        }
        finally
        {
            _connection.Run("ROLLBACK");
        }
    }

    public Epoch TakeOffice() => InTransaction(() =>
    {
        _raise.ExecuteNonQuery();
        return (Keep: true, Answer: ReadEpoch());
    });

    public CommitOutcome Commit(Epoch epoch, IReadOnlyList<StoreWrite> writes) => InTransaction(() =>
    {
        if (ReadEpoch() != epoch)
        {
            return (Keep: false, Answer: CommitOutcome.Deposed);
        }

        foreach (StoreWrite write in writes)
        {
            SqliteCommand command = write.Json is null ? _delete : _put;
            command.Parameters[0].Value = write.Table;
            command.Parameters[1].Value = write.Key;
            if (write.Json is not null)
            {
                command.Parameters[2].Value = write.Json;
            }

            command.ExecuteNonQuery();
        }

        return (Keep: true, Answer: CommitOutcome.Committed);
    });

    public void Dispose()
    {
        _epoch.Dispose();
        _raise.Dispose();
        _put.Dispose();
        _delete.Dispose();
    }

    private T InTransaction<T>(Func<(bool Keep, T Answer)> work)
    {
        // IMMEDIATE: the epoch is read under the write lock, so nobody can raise it before this commit.
        _connection.Run("BEGIN IMMEDIATE");
        try
        {
            (bool keep, T answer) = work();
            _connection.Run(keep ? "COMMIT" : "ROLLBACK");
            return answer;
        }
        catch (SqliteException)
        {
            TryRollBack();
            throw;
        }
    }

    private void TryRollBack()
    {
        try
        {
            _connection.Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            // Some errors roll back by themselves, and then there is nothing left to roll back.
        }
    }

    private Epoch ReadEpoch() => new((long)_epoch.ExecuteScalar()!);

    private SqliteCommand Prepare(string statement, params ReadOnlySpan<string> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = statement;
        foreach (string name in parameters)
        {
            command.Parameters.Add(name, SqliteType.Text);
        }

        command.Prepare();
        return command;
    }
}
