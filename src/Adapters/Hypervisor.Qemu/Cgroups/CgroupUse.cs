using System.Globalization;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Hypervisor.Qemu.Cgroups;

/// <summary>
/// What the cgroup of a process used. CPU time is counted for every cgroup; where memory is not (its controller is not
/// enabled), the process's own resident memory stands for it.
/// </summary>
internal static class CgroupUse
{
    private const string UnifiedLine = "0::";
    private const int Microsecond = (int)TimeSpan.TicksPerMicrosecond;

    /// <summary>Null when the process, or its cgroup, is gone.</summary>
    public static UseCounters? Read(int pid)
    {
        try
        {
            string? path = File.ReadLines($"/proc/{pid}/cgroup")
                .FirstOrDefault(line => line.StartsWith(UnifiedLine, StringComparison.Ordinal))?[UnifiedLine.Length..];
            if (path is null)
            {
                return null;
            }

            string directory = Path.Join(CgroupMount.Find(), path);
            long cpu = Figure(Path.Join(directory, "cpu.stat"), "usage_usec") ?? 0;
            return new UseCounters(
                new TimeSpan(cpu * Microsecond), new Bytes(Held(directory) ?? Resident(pid)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Memory that is no cache; null where the controller is not enabled.</summary>
    private static long? Held(string directory)
    {
        string file = Path.Join(directory, "memory.stat");
        return File.Exists(file) ? (Figure(file, "anon") ?? 0) + (Figure(file, "shmem") ?? 0) : null;
    }

    private static long Resident(int pid) =>
        long.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1], CultureInfo.InvariantCulture)
            * Environment.SystemPageSize;

    private static long? Figure(string file, string name)
    {
        string? line = File.ReadLines(file)
            .FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return line is null ? null : long.Parse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
    }
}
