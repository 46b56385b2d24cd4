using System.Globalization;

namespace Havm.GuestAgent.DiskWriter;

/// <summary>
/// The lab's stand-in for an application with a disk of its own: writes a record to the disk's first sector, counted
/// on from the last, durable before the next, until it is ended. It takes its name from HAVM_INSTANCE and
/// HAVM_GENERATION. Exit codes: 0 the asked number of records is written, 2 bad command line, 3 the disk belongs to
/// a higher generation or somebody else, 4 the disk failed or holds something else.
/// </summary>
internal static class WriterProgram
{
    private const int MaxName = 200;

    private sealed record Settings(string Device, string? ReadyFile, TimeSpan Period, long Count);

    public static int Run(IReadOnlyList<string> words)
    {
        string writer = Environment.GetEnvironmentVariable("HAVM_INSTANCE") ?? "";
        string generation = Environment.GetEnvironmentVariable("HAVM_GENERATION") ?? "";
        if (Parse(words) is not { } settings)
        {
            return Fail(2, $"bad command line\n{Options.Usage}");
        }

        if (writer is "" or { Length: > MaxName } || writer.Any(c => c is <= ' ' or > '~')
            || !long.TryParse(generation, NumberStyles.None, CultureInfo.InvariantCulture, out long seat))
        {
            return Fail(2, "HAVM_INSTANCE and HAVM_GENERATION must name the writer");
        }

        try
        {
            return Write(settings, writer, seat);
        }
        catch (Exception e) when (e is IOException or FormatException or UnauthorizedAccessException)
        {
            return Fail(4, $"{settings.Device}: {e.Message}");
        }
    }

    private static int Write(Settings settings, string writer, long generation)
    {
        using var disk = new RecordDisk(settings.Device);
        (DiskRecord? record, string? refusal) = WriterRule.Begin(disk.Read(), writer, generation);
        for (long written = 1; record is { } last; written++)
        {
            disk.Write(last);
            if (written == 1)
            {
                Log.Write($"disk-writer: {settings.Device} boot {last.Boot} from counter {last.Counter}");
                SayReady(settings.ReadyFile);
            }

            if (written == settings.Count)
            {
                return 0;
            }

            Thread.Sleep(settings.Period);
            (record, refusal) = WriterRule.Continue(disk.Read(), last);
        }

        return Fail(3, $"{settings.Device} is not mine to write: {refusal}");
    }

    private static void SayReady(string? file)
    {
        if (file is not null)
        {
            File.WriteAllText(file, "");
        }
    }

    private static Settings? Parse(IReadOnlyList<string> words)
    {
        string? device = null, ready = null;
        TimeSpan? period = TimeSpan.FromSeconds(0.2);
        long count = 0;
        for (int i = 0; i + 1 < words.Count; i += 2)
        {
            string value = words[i + 1];
            bool understood = words[i] switch
            {
                "--device" => (device = value).Length > 0,
                "--ready-file" => (ready = value).Length > 0,
                "--period" => (period = Options.Seconds(value, 0.001, 3600)) is not null,
                "--count" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out count),
                _ => false,
            };
            if (!understood)
            {
                return null;
            }
        }

        return words.Count % 2 == 0 && device is not null ? new Settings(device, ready, period!.Value, count) : null;
    }

    private static int Fail(int code, string text)
    {
        Log.Write($"disk-writer: {text}");
        return code;
    }
}
