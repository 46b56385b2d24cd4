using System.Collections.Immutable;
using Havm.Hypervisor.Qemu.Processes;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Hypervisor.Qemu.Machine;

/// <summary>
/// Finds every machine process of this node, in two ways that do not lean on each other: by the machine cgroups, where
/// whatever is alive counts, and by the process table, which also shows one that somebody moved out of its cgroup.
/// Neither asks the process itself, which may be stopped or stuck.
/// </summary>
internal sealed class MachineFinder(string runDirectory, IMachineCgroups cgroups)
{
    /// <summary>The processes, monitors not asked yet; Complete is false when anything could not be read.</summary>
    public (bool Complete, ImmutableArray<FoundMachine> Machines) Find()
    {
        bool complete = true;
        var found = new Dictionary<int, FoundMachine>();
        try
        {
            foreach (var (instance, pids) in cgroups.Populated())
            {
                complete &= AddGroup(found, instance, pids);
            }
        }
        catch (IOException)
        {
            complete = false;
        }

        foreach (int pid in ProcessTable.Pids().Where(pid => !found.ContainsKey(pid)))
        {
            complete &= TryRead(pid, out var process);
            if (process is not null)
            {
                found.TryAdd(pid, Describe(process));
            }
        }

        return (complete, [.. found.Values.OrderBy(machine => machine.Instance).ThenBy(machine => machine.Pid)]);
    }

    private bool AddGroup(Dictionary<int, FoundMachine> found, InstanceName instance, IReadOnlyList<int> pids)
    {
        bool complete = true;
        bool isNamed = false;
        foreach (int pid in pids)
        {
            complete &= TryRead(pid, out var process);
            if (process is not null)
            {
                found[pid] = Describe(process);
                isNamed = true;
            }
        }

        // Alive in the machine's cgroup but not (yet) QEMU: on its way there, or left over. It counts as the machine.
        if (!isNamed && pids.FirstOrDefault(pid => Directory.Exists($"/proc/{pid}")) is > 0 and var stranger)
        {
            var seat = MachineFiles.Of(runDirectory, instance).ReadSeat();
            found[stranger] = new FoundMachine(instance, seat?.Generation ?? Generation.None, stranger, seat, false);
        }

        return complete;
    }

    private bool TryRead(int pid, out FoundProcess? process)
    {
        try
        {
            process = FoundProcess.Read(pid, runDirectory);
            return true;
        }
        catch (IOException)
        {
            process = null;
            return false;
        }
    }

    private FoundMachine Describe(FoundProcess process)
    {
        var seat = MachineFiles.Of(runDirectory, process.Instance).ReadSeat();
        bool isItsOwn = seat?.Generation == process.Generation && seat.Machine.Instance == process.Instance;
        return new FoundMachine(process.Instance, process.Generation, process.Pid, isItsOwn ? seat : null, false);
    }
}
