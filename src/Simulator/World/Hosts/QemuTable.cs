using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Simulator.World.Hosts;

/// <summary>A QEMU process of a simulated host, as state.</summary>
public sealed class QemuState(SeatGoal seat, int pid)
{
    /// <summary>What its seat file says.</summary>
    public SeatGoal Seat { get; internal set; } = seat;

    public InstanceName Instance => Seat.Machine.Instance;

    /// <summary>
    /// Somebody moved or started it by hand, and took its disks' locks: nobody else can start it. What Havm itself
    /// starts has none here, so that the checkers see a decision that would start a second copy.
    /// </summary>
    public bool ByHand { get; init; }

    public int Pid => pid;

    /// <summary>Its vCPUs run.</summary>
    public bool Runs { get; set; }

    /// <summary>Its guest began to boot.</summary>
    public bool Booting { get; set; }

    /// <summary>Its guest is up and, where it has an agent, has said that it is ready.</summary>
    public bool Ready { get; set; }

    /// <summary>Its guest does nothing any more.</summary>
    public bool Hangs { get; set; }

    /// <summary>Its guest's kernel has panicked: its vCPUs never run again, and QEMU says so for ever.</summary>
    public bool Panicked { get; set; }

    /// <summary>Its guest's agent and the program that this supervises; null: there is no program.</summary>
    internal SimulatedRole? Role { get; set; }

    /// <summary>Its host looks at what its guest says and does.</summary>
    public bool IsWatched => Seat.Machine.Monitoring != MonitoringMode.Off && Speaks;

    /// <summary>An agent in its guest says how that fares.</summary>
    public bool Speaks => Seat.Machine.GuestAgent != GuestAgentKind.None;

    /// <summary>Its guest may say something at any moment.</summary>
    internal bool MaySpeak => IsWatched || SimulatedRole.Has(Seat);

    /// <summary>A disk error holds its vCPUs, and QEMU says so to whoever takes it up.</summary>
    public bool HeldByDisk { get; set; }

    /// <summary>What every access to its disks meets for good, wherever they lie; null: no error.</summary>
    public MachineSignKind? DiskError { get; set; }

    /// <summary>Its guest was asked to shut down.</summary>
    public bool ShuttingDown { get; set; }

    /// <summary>Its guest has shut down; QEMU is there still, and says so to whoever takes it up.</summary>
    public bool HasShutDown { get; set; }
}

/// <summary>
/// The QEMU processes of one boot of a host, and the truth about which of them run. One cgroup holds one process.
/// </summary>
public sealed class QemuTable(NodeName node, Whereabouts whereabouts, IWitness witness)
{
    private readonly SortedDictionary<InstanceName, QemuState> _alive = [];
    private int _pids = 1000;
    private int _speaking;

    /// <summary>Grows with every process that comes or goes.</summary>
    public long Version { get; private set; }

    public IEnumerable<QemuState> Alive => _alive.Values;

    public int Count => _alive.Count;

    /// <summary>Some guest may say something at any moment.</summary>
    public bool AnyMaySpeak => _speaking > 0;

    /// <summary>Instances with processes.</summary>
    public ImmutableHashSet<InstanceName> Populated => [.. _alive.Keys];

    public QemuState? Find(InstanceName instance) => _alive.GetValueOrDefault(instance);

    /// <summary>Makes a process, held; null when one of this instance is alive already.</summary>
    public QemuState? Make(SeatGoal seat)
    {
        var made = new QemuState(seat, ++_pids);
        if (!_alive.TryAdd(made.Instance, made))
        {
            return null;
        }

        Came(made);
        return made;
    }

    /// <summary>A process that somebody brought here by hand, with its vCPUs running.</summary>
    public void Bring(SeatGoal seat, bool ready)
    {
        var brought = new QemuState(seat, ++_pids) { ByHand = true, Booting = true, Ready = ready };
        if (_alive.TryAdd(brought.Instance, brought))
        {
            Came(brought);
            Set(brought, true, "somebody has it running here");
        }
    }

    /// <summary>Lets vCPUs run or holds them; false when there is no such process.</summary>
    public bool Turn(InstanceName instance, Generation generation, bool run, string why)
    {
        if (Find(instance) is not { } process || process.Seat.Generation != generation || (run && process.Panicked))
        {
            return false;
        }

        Set(process, run, why);
        return true;
    }

    /// <summary>Ends what is in an instance's cgroup; null when it was empty.</summary>
    public QemuState? End(InstanceName instance, string why)
    {
        if (!_alive.Remove(instance, out var process))
        {
            return null;
        }

        Version++;
        _speaking -= process.MaySpeak ? 1 : 0;
        whereabouts.Went(instance, node);
        Set(process, false, why);
        return process;
    }

    /// <summary>All end at once, with their machine.</summary>
    public void EndAll(string why)
    {
        foreach (var instance in _alive.Keys.ToList())
        {
            End(instance, why);
        }
    }

    /// <summary>Another seat file was written for a process that is alive.</summary>
    public void Reseat(QemuState process, SeatGoal seat)
    {
        _speaking -= process.MaySpeak ? 1 : 0;
        process.Seat = seat;
        _speaking += process.MaySpeak ? 1 : 0;
    }

    private void Came(QemuState process)
    {
        Version++;
        _speaking += process.MaySpeak ? 1 : 0;
        whereabouts.Came(process.Instance, node);
    }

    private void Set(QemuState process, bool run, string why)
    {
        if (process.Runs != run)
        {
            process.Runs = run;
            process.HeldByDisk &= !run;
            witness.Machine(process.Instance, node, run, why);
        }
    }
}
