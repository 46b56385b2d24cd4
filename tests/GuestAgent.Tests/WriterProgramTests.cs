using System.Diagnostics;
using Havm.GuestAgent.DiskWriter;

namespace Havm.GuestAgent.Tests;

/// <summary>The disk-writer subcommand as a process, on a file in the place of a disk.</summary>
public sealed class WriterProgramTests : IDisposable
{
    private readonly string _disk = Path.GetTempFileName();

    public WriterProgramTests() => File.WriteAllBytes(_disk, new byte[4096]);

    public void Dispose() => File.Delete(_disk);

    [Fact]
    public void A_later_generation_counts_on_and_the_earlier_one_is_refused()
    {
        Assert.Equal(0, Write("db-0", 1, 5));
        Assert.Equal(new DiskRecord("db-0", 1, 1, 5), Record);
        Assert.Equal(0, Write("db-0", 2, 3));
        Assert.Equal(new DiskRecord("db-0", 2, 2, 8), Record);
        Assert.Equal(3, Write("db-0", 1, 1));
        Assert.Equal(new DiskRecord("db-0", 2, 2, 8), Record);
    }

    [Fact]
    public void A_disk_that_holds_something_else_is_not_written_to()
    {
        File.WriteAllText(_disk, new string('x', 4096));
        Assert.Equal(4, Write("db-0", 1, 1));
        Assert.Equal(new string('x', 4096), File.ReadAllText(_disk));
    }

    private DiskRecord? Record => DiskRecord.Decode(File.ReadAllBytes(_disk).AsSpan(0, DiskRecord.Bytes));

    private int Write(string writer, int generation, int count)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            AgentUnderTest.Program,
            ["disk-writer", "--device", _disk, "--period", "0.001", "--count", count.ToString()])
        {
            Environment = { ["HAVM_INSTANCE"] = writer, ["HAVM_GENERATION"] = generation.ToString() },
        })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
