namespace Havm.GuestAgent.DiskWriter;

/// <summary>Who may write to a disk, judged by what the last writer left on it.</summary>
internal static class WriterRule
{
    /// <summary>
    /// A starting writer's first record, or why it must not write: a higher generation has written, so this one has
    /// been replaced and should not be running at all.
    /// </summary>
    public static (DiskRecord? First, string? Refusal) Begin(DiskRecord? found, string writer, long generation)
    {
        if (found is null)
        {
            return (new DiskRecord(writer, generation, 1, 1), null);
        }

        if (found.Writer != writer)
        {
            return (null, $"the disk belongs to {found.Writer}, this is {writer}");
        }

        return found.Generation > generation
            ? (null, $"generation {found.Generation} has written to it, this is generation {generation}")
            : (new DiskRecord(writer, generation, found.Boot + 1, found.Counter + 1), null);
    }

    /// <summary>The record after one's own last, or why not: somebody else wrote in between.</summary>
    public static (DiskRecord? Next, string? Refusal) Continue(DiskRecord? found, DiskRecord last) =>
        found == last
            ? (last with { Counter = last.Counter + 1 }, null)
            : (null, $"somebody else writes to it: found {Describe(found)}, wrote {Describe(last)}");

    private static string Describe(DiskRecord? record) => record is null
        ? "nothing"
        : $"{record.Writer} generation {record.Generation} boot {record.Boot} counter {record.Counter}";
}
