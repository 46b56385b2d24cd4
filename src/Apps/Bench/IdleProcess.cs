using System.Globalization;
using Havm.Lab.Ground;

namespace Havm.Bench;

/// <summary>One of the lab's own processes, as /proc tells it.</summary>
internal sealed record IdleProcess(string Role, int Pid, double CpuBefore)
{
    private static readonly (string Program, string Role)[] Programs =
        [("havm-agent", "agent"), ("havm-warden", "warden"), ("havm-controller", "controller")];

    public static IReadOnlyList<IdleProcess> Of(LabPlan plan)
    {
        var found = new List<IdleProcess>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out var pid)
                && Words(pid) is [var program, "--config", var config, ..]
                && config.StartsWith(plan.Directory + "/", StringComparison.Ordinal)
                && Programs.FirstOrDefault(p => p.Program == Path.GetFileName(program)).Role is { } role)
            {
                found.Add(new IdleProcess(role, pid, CpuOf(pid)));
            }
        }

        return found;
    }

    public double CpuSeconds() => CpuOf(Pid);

    public double ResidentMiB() => File.ReadLines($"/proc/{Pid}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => double.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024)
        .Single();

    private static double CpuOf(int pid)
    {
        const double ticksPerSecond = 100;
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture)
            + double.Parse(fields[12], CultureInfo.InvariantCulture)) / ticksPerSecond;
    }

    private static string[] Words(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").TrimEnd('\0').Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
