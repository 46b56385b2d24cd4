using Havm.Hypervisor.Qemu.Cgroups;
using Havm.Hypervisor.Qemu.Processes;
using Havm.Model;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;

namespace Havm.Cli.Doctor;

/// <summary>
/// Whether machines can be held to their end: a process is started in a cgroup below the node's and killed with it,
/// by the code that does it to machines. It stands beside the machines' own cgroups, where nobody takes it for one.
/// </summary>
internal sealed class CgroupCheck : ICheck
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(10);
    private static readonly InstanceName Probe = new("doctor");

    public string Name => "cgroup";

    public async Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel)
    {
        if (site.Node is not { } node)
        {
            return [];
        }

        if (CgroupMount.Find((site.Read("/proc/self/mounts") ?? "").Split('\n')) is not { } mount)
        {
            return [Finding.Fail("", "no cgroup v2 tree is mounted", "/proc/self/mounts names no cgroup2",
                "mount one at /sys/fs/cgroup, or boot with systemd.unified_cgroup_hierarchy=1")];
        }

        string cgroup = node.Config.Cgroup;
        if (!cgroup.StartsWith(mount + "/", StringComparison.Ordinal))
        {
            return [Finding.Fail("", $"the node's cgroup is not below {mount}", cgroup,
                $"set the field cgroup to a directory below {mount}")];
        }

        if (!site.IsRoot)
        {
            return [Finding.Skip("", "takes root", "run it as root")];
        }

        string? controllers = site.Read($"{mount}/cgroup.controllers");
        return [await TryAsync(cgroup, node.Cgroups, cancel), Judge(controllers ?? "")];
    }

    /// <summary>Whether the use of machines can be read as it is accounted.</summary>
    /// <param name="controllers">What the root of the tree offers, with blanks between.</param>
    public static Finding Judge(string controllers)
    {
        string[] missing = [.. new[] { "cpu", "memory" }.Except(controllers.Split(' '))];
        return missing.Length == 0
            ? Finding.Ok("controllers", "cpu and memory are accounted", controllers)
            : Finding.Warn("controllers", $"{string.Join(" and ", missing)} not accounted for each machine",
                controllers.Length == 0 ? "the tree offers no controller" : $"the tree offers {controllers}",
                "boot with systemd.unified_cgroup_hierarchy=1");
    }

    private static async Task<Finding> TryAsync(string cgroup, CgroupNames names, CancellationToken cancel)
    {
        bool made = !Directory.Exists(cgroup);
        string parent = names.AreSystemdUnits ? cgroup : Path.Join(cgroup, "doctor");
        var machines = new MachineCgroups(parent, names.Prefix, names.Suffix);
        IProcessSupervisor supervisor = names.AreSystemdUnits
            ? new SystemdSupervisor(ToolLimit) : new OwnSessionSupervisor();
        string log = Path.Join(Path.GetTempPath(), $"havm-doctor-{Guid.NewGuid():N}.log");
        try
        {
            string place = names.AreSystemdUnits ? Path.Join(parent, $"havm-{Probe}.service") : machines.Make(Probe);
            int pid = await supervisor.StartAsync(place, ["sleep", "300"], log, cancel);
            bool held = machines.Populated().TryGetValue(Probe, out IReadOnlyList<int>? pids) && pids.Contains(pid);
            bool ended = await machines.EndAsync(Probe, EndLimit, CancellationToken.None);
            return held && ended
                ? Finding.Ok("", "a process in it is held and killed with it", cgroup)
                : Finding.Fail("", held ? "a process outlives cgroup.kill" : "a process is not found in its cgroup",
                    $"process {pid} below {parent}", "use Linux 5.14 or newer with an unlimited cgroup v2 tree");
        }
        catch (Exception e) when (e is MachineException or IOException or UnauthorizedAccessException)
        {
            return Finding.Fail("", "no process can be started in it", e.Message,
                $"let root make directories below {cgroup}, and nothing else manage them");
        }
        finally
        {
            File.Delete(log);
            Remove(machines, names, parent, made ? cgroup : null);
        }
    }

    /// <summary>Takes away what was made; what somebody uses meanwhile stays.</summary>
    private static void Remove(MachineCgroups machines, CgroupNames names, string parent, string? made)
    {
        try
        {
            if (!names.AreSystemdUnits)
            {
                machines.Remove(Probe);
                Directory.Delete(parent);
                if (made is not null)
                {
                    Directory.Delete(made);
                }
            }
        }
        catch (IOException)
        {
            // An empty cgroup that stays harms nobody, and the finding is told already.
        }
    }
}
