using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>A node as a cgroup v2 directory: cgroup.kill is its power switch, cgroup.events the proof.</summary>
/// <param name="path">The group's directory; it need not exist yet.</param>
public sealed class CgroupTree(string path) : IProcessTree
{
    /// <summary>Where cgroup v2 is mounted (alone or beside v1), or null where we may not write to it.</summary>
    public static string? FindMount() => Machine.IsRoot
        ? File.ReadLines("/proc/mounts")
            .Select(line => line.Split(' '))
            .Where(fields => fields[2] == "cgroup2" && fields[3].Split(',').Contains("rw"))
            .Select(fields => fields[1])
            .FirstOrDefault(mount => File.Exists($"{mount}/cgroup.procs"))
        : null;

    /// <summary>True while any process, frozen or stopped ones included, is in the group or below it.</summary>
    public bool IsPopulated => ReadLines($"{path}/cgroup.events").Contains("populated 1");

    public IReadOnlyList<int> Processes(string part = "")
    {
        var top = part.Length == 0 ? path : $"{path}/{part}";
        return [.. Groups(top).SelectMany(group => ReadLines($"{group}/cgroup.procs")).Select(int.Parse)];
    }

    public void Make(params IReadOnlyList<string> parts)
    {
        foreach (var part in parts)
        {
            Directory.CreateDirectory($"{path}/{part}");
        }
    }

    public async Task ObliterateAsync()
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        File.WriteAllText($"{path}/cgroup.kill", "1");
        if (!await Until.TrueAsync(() => !IsPopulated, ProcessTrees.Patience))
        {
            throw new LabFailure(
                $"{path}: processes {string.Join(", ", Processes())} do not die; the kernel still holds them");
        }

        // The last reference to a dead process may leave a moment after the group reports itself empty.
        if (!await Until.TrueAsync(TryRemove, ProcessTrees.Patience))
        {
            throw new LabFailure($"{path}: is empty, but the kernel does not let it be removed");
        }
    }

    private bool TryRemove()
    {
        try
        {
            foreach (var group in Groups(path).Reverse())
            {
                Directory.Delete(group);
            }

            return true;
        }
        catch (IOException) when (Directory.Exists(path))
        {
            return false;
        }
    }

    /// <summary>The group and all below it, parents first.</summary>
    private static IEnumerable<string> Groups(string top)
    {
        if (!Directory.Exists(top))
        {
            return [];
        }

        try
        {
            return [top, .. Directory.EnumerateDirectories(top).SelectMany(Groups)];
        }
        catch (DirectoryNotFoundException)
        {
            return [top];
        }
    }

    /// <summary>A group may vanish while it is read; then it has no lines.</summary>
    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
