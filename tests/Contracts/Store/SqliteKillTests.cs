using System.Diagnostics;
using System.Globalization;
using Havm.Runtime.Ports;
using Havm.Store.Sqlite;

namespace Havm.Contracts.Store;

/// <summary>kill -9 at random points of a commit loop; bounded by rounds and time, the seed is printed.</summary>
public sealed class SqliteKillTests(ITestOutputHelper output)
{
    private const int Rounds = 10;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task What_was_acknowledged_survives_kill_and_no_commit_is_torn()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("HAVM_SEED"), out int given)
            ? given
            : Environment.TickCount;
        output.WriteLine($"seed {seed} (repeat with HAVM_SEED={seed})");
        var random = new Random(seed);
        string directory = Directory.CreateTempSubdirectory("havm-kill-").FullName;
        long clock = Stopwatch.GetTimestamp();
        long total = 0;
        int rounds = 0;
        try
        {
            for (; rounds < Rounds && Stopwatch.GetElapsedTime(clock) < Budget; rounds++)
            {
                long acknowledged = await KillAfterAsync(directory, random.Next(1, 120), random.Next(0, 3000));
                long kept = await ReadBackAsync(directory);
                Assert.InRange(kept, acknowledged, acknowledged + 1);
                Assert.True(kept > total, "the child committed nothing");
                total = kept;
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        output.WriteLine($"{rounds} kills, {total} commits");
        Assert.InRange(rounds, 1, Rounds);
    }

    /// <summary>Kills the child shortly after its nth acknowledged commit; returns the last acknowledged.</summary>
    private static async Task<long> KillAfterAsync(string directory, int commits, int spins)
    {
        using Process child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [CommitLoop.Verb, directory])
        {
            RedirectStandardOutput = true,
        })!;
        long last = 0;
        for (int i = 0; i < commits; i++)
        {
            last = Number(await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        Thread.SpinWait(spins);
        child.Kill();
        while (await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } line)
        {
            last = Number(line);
        }

        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        return last;
    }

    private static async Task<long> ReadBackAsync(string directory)
    {
        await using SqliteStateStore store =
            await SqliteStateStore.OpenAsync(directory, TestContext.Current.CancellationToken);
        StoreContents contents = await store.LoadAsync(TestContext.Current.CancellationToken);
        long[] numbers = [.. contents.Records.Where(r => CommitLoop.Keys.Contains(r.Key)).Select(r => Number(r.Json))];
        Assert.Equal(CommitLoop.Keys.Length, numbers.Length);
        Assert.Single(numbers.Distinct());
        return numbers[0];
    }

    private static long Number(string? text) => long.Parse(text!, CultureInfo.InvariantCulture);
}
