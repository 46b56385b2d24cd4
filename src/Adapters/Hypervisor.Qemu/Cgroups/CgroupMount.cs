namespace Havm.Hypervisor.Qemu.Cgroups;

/// <summary>Where this system has its cgroup v2 tree: the usual place, or beside v1 on a hybrid one.</summary>
public static class CgroupMount
{
    /// <summary>
    /// The mount point. Throws IOException where there is none: no machine can be held to its end without.
    /// </summary>
    public static string Find() => Find(File.ReadLines("/proc/self/mounts"))
        ?? throw new IOException(
            "no cgroup2 file system is mounted here; mount one at /sys/fs/cgroup or /sys/fs/cgroup/unified");

    /// <summary>The first cgroup2 mount in lines of /proc/self/mounts; null when there is none.</summary>
    public static string? Find(IEnumerable<string> mounts) =>
        mounts.Select(line => line.Split(' ')).FirstOrDefault(field => field is [_, _, "cgroup2", ..])?[1];
}
