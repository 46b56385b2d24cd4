using Havm.Model;

namespace Havm.Simulator.Host;

/// <summary>
/// What one simulated node is made of: its processes, its run directory, its bridge. Adapters of several lives of the
/// agent share it, as real ones share the kernel. Nothing here takes time by itself; a caller gives it its turns.
/// </summary>
/// <param name="datastores">Shared with the other nodes.</param>
public sealed class SimulatedNode(SimulatedDatastores datastores)
{
    private int _lastPid = 1000;

    public SimulatedDatastores Datastores { get; } = datastores;

    /// <summary>Every process that was ever started here, newest last.</summary>
    public List<SimulatedProcess> Processes { get; } = [];

    /// <summary>Directories of machine cgroups, empty ones too.</summary>
    internal Dictionary<InstanceName, string> Cgroups { get; } = [];

    /// <summary>The machines by their process, as monitors would reach them.</summary>
    internal Dictionary<int, SimulatedGuest> Guests { get; } = [];

    /// <summary>seat.json of each instance.</summary>
    internal Dictionary<InstanceName, SeatGoal> SeatFiles { get; } = [];

    /// <summary>Taps and the bytes their guests sent.</summary>
    internal Dictionary<(InstanceName Instance, int Card), long> Taps { get; } = [];

    /// <summary>Names of the taps that are there.</summary>
    public IReadOnlyList<string> TapNames =>
        [.. Taps.Keys.Select(tap => SimulatedHostNetwork.NameOf(tap.Instance, tap.Card))];

    /// <summary>False when cgroups cannot be read: an inventory is incomplete then.</summary>
    public bool IsReadable { get; set; } = true;

    /// <summary>False when the bridge is missing and no tap can be made.</summary>
    public bool HasBridge { get; set; } = true;

    /// <summary>The guest of a live machine process.</summary>
    public SimulatedGuest GuestOf(int pid) => Guests[pid];

    /// <summary>Loses what the run directory says of an instance's seat.</summary>
    public void LoseSeatFile(InstanceName instance) => SeatFiles.Remove(instance);

    internal SimulatedProcess Start(string cgroup, IReadOnlyList<string> command)
    {
        var process = new SimulatedProcess(++_lastPid, cgroup, command);
        Processes.Add(process);
        return process;
    }

    internal IEnumerable<SimulatedProcess> AliveIn(string cgroup) =>
        Processes.Where(process => process.IsAlive && process.Cgroup == cgroup);
}
