using System.Diagnostics;
using Havm.Datastore;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Datastore;

/// <summary>Heartbeats in a directory: on a plain file system, and as nodes of a lab see it, through bindfs.</summary>
public sealed class HeartbeatTests : IDisposable
{
    private readonly string _shared = Directory.CreateTempSubdirectory("havm-beats-").FullName;
    private readonly List<string> _mounts = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (string mount in _mounts)
        {
            Run("umount", mount);
            Directory.Delete(mount);
        }

        Directory.Delete(_shared, recursive: true);
    }

    [Fact]
    public async Task What_one_node_writes_every_node_reads_the_newest_of()
    {
        var one = new DirectoryHeartbeats(_shared);
        var two = new DirectoryHeartbeats(_shared);

        await one.WriteAsync(Beat("n1", 1, 3), Cancel);
        await two.WriteAsync(Beat("n2", 7, 0), Cancel);
        await one.WriteAsync(Beat("n1", 2, 1), Cancel);

        var read = (await two.ReadAllAsync(Cancel)).OrderBy(beat => beat.Node).ToList();
        Assert.Equal([("n1", 2L), ("n2", 7L)], read.Select(beat => (beat.Node.Value, beat.Sequence)));
        Assert.Equal([new RunningSeat(new("vm-0"), new(1))], read[0].Running);
        Assert.Equal(new BootId("boot-n2"), read[1].Boot);
    }

    [Fact]
    public async Task Before_the_first_beat_there_is_none()
    {
        Assert.Empty(await new DirectoryHeartbeats(_shared).ReadAllAsync(Cancel));
    }

    [Fact]
    public async Task A_long_beat_that_becomes_short_leaves_nothing_of_itself()
    {
        var node = new DirectoryHeartbeats(_shared);
        await node.WriteAsync(Beat("n1", 1, 500), Cancel);
        Assert.Equal(500, Assert.Single(await node.ReadAllAsync(Cancel)).Running.Count);

        await node.WriteAsync(Beat("n1", 2, 1), Cancel);

        Assert.Single(Assert.Single(await node.ReadAllAsync(Cancel)).Running);
    }

    [Fact]
    public async Task A_file_that_is_no_beat_or_half_of_one_is_left_out()
    {
        var node = new DirectoryHeartbeats(_shared);
        await node.WriteAsync(Beat("n1", 1, 1), Cancel);
        string directory = Path.Join(_shared, ".havm", "heartbeats");
        byte[] torn = await File.ReadAllBytesAsync(Path.Join(directory, "n1.beat"), Cancel);
        torn[20] ^= 1;
        await File.WriteAllBytesAsync(Path.Join(directory, "n2.beat"), torn, Cancel);
        await File.WriteAllTextAsync(Path.Join(directory, "n3.beat"), "", Cancel);
        await File.WriteAllTextAsync(Path.Join(directory, "n4.beat"), "no beat at all\n", Cancel);

        Assert.Equal("n1", Assert.Single(await node.ReadAllAsync(Cancel)).Node.Value);
    }

    [Fact]
    public async Task A_datastore_that_takes_no_beat_says_so_as_an_IOException()
    {
        var nowhere = new DirectoryHeartbeats("/proc/self");

        await Assert.ThrowsAnyAsync<IOException>(() => nowhere.WriteAsync(Beat("n1", 1, 0), Cancel));
    }

    [Fact]
    public async Task Two_nodes_that_see_the_datastore_through_mounts_of_their_own_read_each_other_at_once()
    {
        Assert.SkipUnless(Environment.UserName == "root", "a mount needs root");
        var one = new DirectoryHeartbeats(Mount());
        var two = new DirectoryHeartbeats(Mount());

        for (long sequence = 1; sequence <= 5; sequence++)
        {
            await one.WriteAsync(Beat("n1", sequence, 2), Cancel);

            Assert.Equal(sequence, Assert.Single(await two.ReadAllAsync(Cancel)).Sequence);
        }
    }

    private static DatastoreBeat Beat(string node, long sequence, int running) => new(
        new(node), new($"boot-{node}"), sequence,
        [.. Enumerable.Range(0, running).Select(i => new RunningSeat(new($"vm-{i}"), new(1)))]);

    private string Mount()
    {
        string at = Directory.CreateTempSubdirectory("havm-mount-").FullName;
        _mounts.Add(at);
        Run("bindfs", "--multithreaded", "--enable-lock-forwarding", _shared, at);
        return at;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
