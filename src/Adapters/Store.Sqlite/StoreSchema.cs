using Havm.Runtime.Ports;
using Microsoft.Data.Sqlite;

namespace Havm.Store.Sqlite;

/// <summary>
/// The store's layout and how it grew. Step n leads from version n to version n + 1; a step, once shipped, is never
/// changed. The version lies in SQLite's user_version, so it is read before any table is trusted.
/// </summary>
internal static class StoreSchema
{
    /// <summary>"Havm" as a number: tells our file from any other SQLite file.</summary>
    private const int ApplicationId = 0x4861766d;

    public static readonly IReadOnlyList<string> Steps =
    [
        """
        CREATE TABLE office (only INTEGER PRIMARY KEY CHECK (only = 1), epoch INTEGER NOT NULL);
        INSERT INTO office VALUES (1, 0);
        CREATE TABLE record (
            collection TEXT NOT NULL, key TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (collection, key));
        """,
    ];

    /// <summary>
    /// The file's version, 0 for a new one. Refuses what a newer Havm or another program wrote, having written nothing.
    /// </summary>
    public static int Read(SqliteConnection connection, string path, IReadOnlyList<string> steps)
    {
        int version = (int)connection.Number("PRAGMA user_version");
        if (version > steps.Count)
        {
            throw new StoreException(
                StoreTrouble.NewerSchema,
                $"state {path} has schema {version}, this version of Havm knows up to {steps.Count}; nothing was "
                + "changed; run the newer version, or put back the copy it kept when it migrated");
        }

        bool foreign = version == 0
            ? connection.Number("SELECT count(*) FROM sqlite_schema") != 0
            : connection.Number("PRAGMA application_id") != ApplicationId;
        if (foreign)
        {
            throw new StoreException(
                StoreTrouble.Unusable,
                $"{path} belongs to another program; nothing was changed; give Havm another state directory");
        }

        return version;
    }

    /// <summary>
    /// Brings the file from <paramref name="version"/> to the newest in one transaction, after keeping a copy of it.
    /// </summary>
    public static void Migrate(SqliteConnection connection, string path, int version, IReadOnlyList<string> steps)
    {
        if (version == steps.Count)
        {
            return;
        }

        if (version > 0)
        {
            StoreBackup.Copy(connection, path, $"{path}.schema-{version}", replace: true);
        }

        connection.Run("BEGIN IMMEDIATE");
        for (int step = version; step < steps.Count; step++)
        {
            connection.Run(steps[step]);
        }

        connection.Run($"PRAGMA application_id = {ApplicationId}");
        connection.Run($"PRAGMA user_version = {steps.Count}");
        connection.Run("COMMIT");
    }

    /// <summary>Throws <see cref="StoreTrouble.Corrupt"/> when the file's pages do not fit together.</summary>
    public static void CheckIntegrity(SqliteConnection connection, string path)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        string finding = (string)command.ExecuteScalar()!;
        if (finding != "ok")
        {
            throw StoreFault.Corrupt(path, finding.ReplaceLineEndings(" "));
        }
    }

    public static void Run(this SqliteConnection connection, string statement)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    public static long Number(this SqliteConnection connection, string query)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = query;
        return (long)command.ExecuteScalar()!;
    }
}
