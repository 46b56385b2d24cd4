using System.Globalization;
using System.Text;
using Havm.Datastore;
using Havm.Runtime.Processes;

namespace Havm.Cli.Doctor;

/// <summary>
/// What each datastore does with locks, direct I/O and flushes. Locks only ever hold a start back; where they do not
/// reach other nodes, proofs of death alone keep two copies apart.
/// </summary>
internal sealed class DatastoreCheck : ICheck
{
    /// <summary>Has this program try a lock and end with <see cref="Taken"/> or <see cref="Refused"/>.</summary>
    public const string TryLock = "[try-lock]";

    public const int Taken = 0;
    public const int Refused = 7;

    /// <summary>A heartbeat is written each second and stale after five: a flush past this leaves no room.</summary>
    private static readonly TimeSpan SlowestFlush = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan SlowFlush = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public string Name => "datastore";

    public async Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel)
    {
        List<Finding> all = [];
        foreach ((string name, string path) in site.Node?.Config.Datastores.AsEnumerable() ?? [])
        {
            all.AddRange(await LookAsync(site, name, path, cancel));
        }

        foreach (string name in site.SecondPaths.Keys.Except(site.Node?.Config.Datastores.Keys ?? []))
        {
            all.Add(Finding.Fail(
                name, "is no datastore of the configuration", "", "name one of its datastores with --second-path"));
        }

        return all;
    }

    /// <summary>Storage that hangs is waited for on a thread of its own, which the end of the program ends.</summary>
    private static async Task<IEnumerable<Finding>> LookAsync(
        Site site, string name, string path, CancellationToken cancel)
    {
        try
        {
            return await Task.Run(() => TryAsync(site, name, path, cancel), cancel).WaitAsync(Patience, cancel);
        }
        catch (TimeoutException)
        {
            return [Finding.Fail(name, $"does not answer within {Patience.TotalSeconds:0} s", path,
                "mend the storage, or the way to it")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [Finding.Fail(name, "cannot be written", e.Message, $"mount it at {path}, writable for root")];
        }
    }

    private static async Task<IReadOnlyList<Finding>> TryAsync(
        Site site, string name, string path, CancellationToken cancel)
    {
        if (!Directory.Exists(path))
        {
            return [Finding.Fail(name, "is not there", path, $"mount it at {path}")];
        }

        string own = $".havm/doctor-{Guid.NewGuid():N}";
        string file = Path.Join(path, own);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        try
        {
            byte[] content = Encoding.ASCII.GetBytes(own);
            bool direct = StorageProbe.WriteDirect(file, content);
            bool same = StorageProbe.ReadDirect(file).AsSpan().StartsWith(content);
            List<Finding> found =
            [
                Direct(name, direct, same, MountTable.KindOf(path)),
                Locks(name, await SeesAsync(site, file, file, cancel)),
                Flushes(name, StorageProbe.Flush(file)),
            ];
            found.Add(site.SecondPaths.TryGetValue(name, out string? second)
                ? await SecondAsync(site, name, file, second, Path.Join(second, own), cancel)
                : Finding.Skip($"{name} between nodes", "no second way to it was told",
                    $"mount it a second time as another node would, and name that: --second-path {name}=PATH"));
            return found;
        }
        finally
        {
            File.Delete(file);
        }
    }

    public static Finding Direct(string name, bool direct, bool same, string kind) => (same, direct) switch
    {
        (false, _) => Finding.Fail(
            $"{name} direct I/O", "what was written is not what is read", kind, "replace this storage"),
        (_, false) => Finding.Warn(
            $"{name} direct I/O", "it takes no direct I/O: a heartbeat may be read from a cache", kind,
            "use a file system with direct I/O (ext4, xfs, NFSv4, CephFS)"),
        (true, true) => Finding.Ok($"{name} direct I/O", "it takes direct I/O", kind),
    };

    /// <param name="seen">What a second process met, while it was held and afterwards.</param>
    public static Finding Locks(string name, LockSight seen) => seen switch
    {
        { WhileHeld: Refused, Afterwards: Taken } => Finding.Ok(
            $"{name} locks", "a second process sees a lock, and its end"),
        { WhileHeld: Taken } => Finding.Fail(
            $"{name} locks", "a second process does not see a lock: nothing keeps two QEMU from one disk",
            seen.Words, "mount it with locks (NFSv4 without nolock)"),
        _ => Finding.Fail(
            $"{name} locks", "locks do not work", seen.Words, "mount it with locks (NFSv4 without nolock)"),
    };

    public static Finding Between(string name, string second, bool same, LockSight? seen) => (same, seen) switch
    {
        (false, _) => Finding.Fail($"{name} between nodes", "the second path is another storage",
            second, "name a second mount of the same datastore"),
        (_, { WhileHeld: Refused, Afterwards: Taken }) => Finding.Ok(
            $"{name} between nodes", "a lock holds across both mounts", second),
        _ => Finding.Warn($"{name} between nodes", "locks stay the mount's own: proofs of death alone keep nodes apart",
            $"{second}: {seen?.Words}", "mount it so that locks reach the server (NFSv4 with local_lock=none)"),
    };

    public static Finding Flushes(string name, FlushTimes times)
    {
        string figures = string.Create(CultureInfo.InvariantCulture,
            $"median {times.Median.TotalMilliseconds:0.0} ms, slowest {times.Slowest.TotalMilliseconds:0.0} ms");
        return times.Slowest > SlowestFlush
            ? Finding.Fail($"{name} flush", "a small write is on disk too late for a heartbeat each second", figures,
                "use faster storage, or find what keeps it busy")
            : times.Slowest > SlowFlush
                ? Finding.Warn($"{name} flush", "small writes are slow", figures, "find what keeps the storage busy")
                : Finding.Ok($"{name} flush", "small writes are on disk in time", figures);
    }

    private static async Task<Finding> SecondAsync(
        Site site, string name, string file, string second, string there, CancellationToken cancel)
    {
        bool same = File.Exists(there);
        return Between(name, second, same, same ? await SeesAsync(site, file, there, cancel) : null);
    }

    /// <summary>Holds the lock here, and has a second process try it there: while it is held, and after.</summary>
    private static async Task<LockSight> SeesAsync(Site site, string held, string there, CancellationToken cancel)
    {
        ShortCommandResult during;
        using (LockedFile? own = LockedFile.TryTake(held))
        {
            if (own is null)
            {
                return new LockSight(-1, -1, "the first lock was refused");
            }

            during = await ShortCommand.RunAsync(site.Program, [TryLock, there], "", Patience, cancel);
        }

        ShortCommandResult after = await ShortCommand.RunAsync(site.Program, [TryLock, there], "", Patience, cancel);
        return new LockSight(during.ExitCode, after.ExitCode, string.Join("; ", new[]
        {
            $"while held: {Word(during)}", $"afterwards: {Word(after)}",
        }));
    }

    /// <summary>What the second process does.</summary>
    public static int AnswerTry(string file)
    {
        try
        {
            using LockedFile? taken = LockedFile.TryTake(file);
            return taken is null ? Refused : Taken;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCodes.Failed;
        }
    }

    private static string Word(ShortCommandResult result) => result.ExitCode switch
    {
        Taken => "taken",
        Refused => "refused",
        _ => result.Error.Length > 0 ? result.Error : $"code {result.ExitCode}",
    };
}

/// <summary>What a second process met when it tried a lock: exit codes of the try, and in words.</summary>
internal sealed record LockSight(int WhileHeld, int Afterwards, string Words);
