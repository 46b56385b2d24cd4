using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Havm.Cli.Doctor;

/// <summary>
/// Writes patterns into a part of the free memory and reads them back. Errors that the machine corrects do not show
/// here: those are counted by its sensors.
/// </summary>
internal sealed class MemoryCheck : ICheck
{
    /// <summary>What is tried at most; a sixteenth of what is free where that is less.</summary>
    private const long MostBytes = 64L << 20;

    private const int FreeShare = 16;

    /// <summary>It ends after this time, with what was tried by then.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly ulong[] Patterns =
        [0, ulong.MaxValue, 0x5555_5555_5555_5555, 0xAAAA_AAAA_AAAA_AAAA];

    public string Name => "memory";

    public Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel) => site.Node is null
        ? Task.FromResult<IReadOnlyList<Finding>>([])
        : Task.Run<IReadOnlyList<Finding>>(() => [Try(Free(site.Read("/proc/meminfo")), cancel)], cancel);

    /// <summary>Bytes that are free, by the kernel's word; 0 where it says nothing.</summary>
    public static long Free(string? meminfo)
    {
        string? line = meminfo?.Split('\n')
            .FirstOrDefault(text => text.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kibi, ..]
            && long.TryParse(kibi, NumberStyles.None, CultureInfo.InvariantCulture, out long free) ? free << 10 : 0;
    }

    public static Finding Judge(long tried, long wrong)
    {
        string size = $"{tried >> 20} MiB were tried";
        return wrong > 0
            ? Finding.Fail("pattern", $"{wrong} words did not come back as they were written", size,
                "have the memory replaced, and its modules tested one by one (memtest86+)")
            : Finding.Ok("pattern", "what is written comes back", size);
    }

    private static unsafe Finding Try(long free, CancellationToken cancel)
    {
        long bytes = Math.Min(MostBytes, free / FreeShare);
        if (bytes < 1 << 20)
        {
            return Finding.Skip("pattern", "too little memory is free to try some of it");
        }

        void* memory = NativeMemory.Alloc((nuint)bytes);
        try
        {
            return Judge(bytes, Wrong(new Span<ulong>(memory, (int)(bytes / sizeof(ulong))), cancel));
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    /// <summary>Each word holds each pattern, and then its own place: two that are one show so.</summary>
    private static long Wrong(Span<ulong> words, CancellationToken cancel)
    {
        var time = Stopwatch.StartNew();
        long wrong = 0;
        foreach (ulong pattern in Patterns)
        {
            if (time.Elapsed > Limit || cancel.IsCancellationRequested)
            {
                return wrong;
            }

            words.Fill(pattern);
            wrong += words.Length - words.Count(pattern);
        }

        for (int i = 0; i < words.Length; i++)
        {
            words[i] = (ulong)i;
        }

        for (int i = 0; i < words.Length; i++)
        {
            wrong += words[i] == (ulong)i ? 0 : 1;
        }

        return wrong;
    }
}
