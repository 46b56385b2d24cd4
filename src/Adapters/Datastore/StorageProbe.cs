using System.Diagnostics;

namespace Havm.Datastore;

/// <summary>Tries out what Havm asks of storage, in a file that the caller names and removes.</summary>
public static class StorageProbe
{
    private const int Flushes = 40;

    /// <summary>Whether direct I/O is taken; writes one block either way. Throws IOException.</summary>
    public static bool WriteDirect(string file, ReadOnlySpan<byte> content)
    {
        DirectFile.Write(file, content);
        return DirectFile.IsTaken(file);
    }

    /// <summary>What lies in the file, past this machine's cache where that is possible. Throws IOException.</summary>
    public static byte[] ReadDirect(string file) => DirectFile.Read(file);

    /// <summary>
    /// Writes a block and has it flushed, many times over; how long the middle one and the slowest took.
    /// Throws IOException or UnauthorizedAccessException.
    /// </summary>
    public static FlushTimes Flush(string file)
    {
        var block = new byte[DirectFile.Block];
        var times = new List<TimeSpan>();
        using var handle = File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        for (int i = 0; i < Flushes; i++)
        {
            long began = Stopwatch.GetTimestamp();
            block[0] = (byte)i;
            RandomAccess.Write(handle, block, 0);
            RandomAccess.FlushToDisk(handle);
            times.Add(Stopwatch.GetElapsedTime(began));
        }

        times.Sort();
        return new FlushTimes(times[times.Count / 2], times[^1]);
    }
}

/// <summary>How long it took until small writes were on disk.</summary>
public sealed record FlushTimes(TimeSpan Median, TimeSpan Slowest);
