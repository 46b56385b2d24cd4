using Microsoft.Data.Sqlite;

namespace Havm.Store.Sqlite;

/// <summary>How every connection of the store is set up.</summary>
internal static class SqliteConnections
{
    /// <summary>Seconds to wait for a foreign program that has the file locked, such as a shell on it.</summary>
    private const int BusySeconds = 5;

    public static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            DefaultTimeout = BusySeconds,
        }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Every commit is on the disk before it returns, and readers never hold up the writer.</summary>
    public static void MakeDurable(SqliteConnection connection)
    {
        connection.Run("PRAGMA journal_mode = WAL");
        connection.Run("PRAGMA synchronous = FULL");
        connection.Run("PRAGMA journal_size_limit = 16777216");
        connection.Run("PRAGMA cell_size_check = ON");
        connection.Run("PRAGMA trusted_schema = OFF");
    }
}
