using System.Diagnostics;
using System.Globalization;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Hypervisor.Qemu.Cgroups;

/// <summary>
/// Machine cgroups in a cgroup v2 tree, which can kill a whole group at once, forks and frozen ones included.
/// </summary>
/// <param name="parent">Directory in the v2 tree that holds nothing but machine cgroups; made when needed.</param>
/// <param name="prefix">Stands before an instance's name in its directory's name; for systemd units.</param>
/// <param name="suffix">Stands after it.</param>
public sealed class MachineCgroups(string parent, string prefix = "", string suffix = "") : IMachineCgroups
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Below the v2 tree of this system: <c>havm/lab/node1/vms</c>.</summary>
    public static MachineCgroups At(string path) => new(Path.Join(CgroupMount.Find(), path));

    public string Make(InstanceName instance)
    {
        string directory = PathOf(instance);
        Directory.CreateDirectory(directory);
        return directory;
    }

    public IReadOnlyDictionary<InstanceName, IReadOnlyList<int>> Populated()
    {
        var found = new Dictionary<InstanceName, IReadOnlyList<int>>();
        if (!Directory.Exists(parent))
        {
            return found;
        }

        foreach (string directory in Directory.EnumerateDirectories(parent))
        {
            if (InstanceOf(directory) is { } instance && PidsBelow(directory) is { Count: > 0 } pids)
            {
                found.Add(instance, pids);
            }
        }

        return found;
    }

    public async Task<bool> EndAsync(InstanceName instance, TimeSpan timeout, CancellationToken cancel)
    {
        string directory = PathOf(instance);
        long began = Stopwatch.GetTimestamp();
        while (IsPopulated(directory))
        {
            if (Stopwatch.GetElapsedTime(began) > timeout)
            {
                return false;
            }

            // Again at each look: a process that was just being moved in when the first kill went by is not spared.
            Kill(directory);
            await Task.Delay(Pause, cancel);
        }

        return true;
    }

    public void Remove(InstanceName instance)
    {
        try
        {
            Directory.Delete(PathOf(instance));
        }
        catch (DirectoryNotFoundException)
        {
            // Removed before: that is what was asked.
        }
    }

    private string PathOf(InstanceName instance) => NameRules.IsLegal(instance.Value)
        ? Path.Join(parent, prefix + instance.Value + suffix)
        : throw new ArgumentException($"'{instance}' is no legal instance name", nameof(instance));

    private InstanceName? InstanceOf(string directory)
    {
        string name = Path.GetFileName(directory);
        return name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(suffix, StringComparison.Ordinal)
            && name.Length > prefix.Length + suffix.Length
            ? new InstanceName(name[prefix.Length..^suffix.Length])
            : null;
    }

    private static List<int> PidsBelow(string directory)
    {
        var pids = new List<int>();
        foreach (string line in ReadLines(Path.Join(directory, "cgroup.procs")))
        {
            pids.Add(int.Parse(line, CultureInfo.InvariantCulture));
        }

        foreach (string inner in Subdirectories(directory))
        {
            pids.AddRange(PidsBelow(inner));
        }

        return pids;
    }

    private static bool IsPopulated(string directory) =>
        ReadLines(Path.Join(directory, "cgroup.events")).Contains("populated 1");

    private static void Kill(string directory)
    {
        try
        {
            File.WriteAllText(Path.Join(directory, "cgroup.kill"), "1");
        }
        catch (Exception e) when (IsGone(e, directory))
        {
            // Removed meanwhile, which only an empty one can be.
        }
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
        catch (IOException e) when (IsGone(e, Path.GetDirectoryName(file)!))
        {
            return [];
        }
    }

    private static string[] Subdirectories(string directory)
    {
        try
        {
            return Directory.GetDirectories(directory);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static bool IsGone(Exception error, string directory) =>
        error is FileNotFoundException or DirectoryNotFoundException
        || (error is IOException && !Directory.Exists(directory));
}
