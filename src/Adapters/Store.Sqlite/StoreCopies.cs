namespace Havm.Store.Sqlite;

/// <summary>What could stand in for a damaged store: other SQLite files beside it or in "backups" below.</summary>
internal static class StoreCopies
{
    private const int Named = 3;

    /// <summary>Newest first, three at most; empty when the directory cannot be read.</summary>
    public static IReadOnlyList<string> Find(string storePath)
    {
        var directory = new DirectoryInfo(Path.GetDirectoryName(storePath)!);
        try
        {
            DirectoryInfo[] places = [directory, new DirectoryInfo(Path.Combine(directory.FullName, "backups"))];
            return [.. places
                .Where(static place => place.Exists)
                .SelectMany(static place => place.EnumerateFiles())
                .Where(file => file.FullName != storePath && file.Extension != ".partial" && IsSqlite(file))
                .OrderByDescending(static file => file.LastWriteTimeUtc)
                .Take(Named)
                .Select(static file => file.FullName)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool IsSqlite(FileInfo file)
    {
        Span<byte> head = stackalloc byte[16];
        using FileStream stream = file.OpenRead();
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
            && head.SequenceEqual("SQLite format 3\0"u8);
    }
}
