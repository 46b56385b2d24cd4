using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Runtime.Ports;

/// <summary>
/// The machines of this node. A machine's process outlives the agent: after a restart <see cref="FindAsync"/> finds
/// each by its cgroup and pid, also one whose monitor does not answer, and adopts it without touching its guest.
/// Nothing here lets vCPUs run: <see cref="StartHeldAsync"/> leaves them held, and only the warden releases them.
/// Expected trouble is a <see cref="MachineException"/> with a closed kind.
/// </summary>
public interface IHypervisor : IAsyncDisposable
{
    /// <summary>
    /// Every machine process of this node. Complete is false when any cgroup or process could not be read.
    /// </summary>
    Task<MachineInventory> FindAsync(CancellationToken cancel);

    /// <summary>
    /// Prepares disks (Fresh ones anew), network and process for a seat, with vCPUs held, locks taken. Half-made
    /// parts are removed on trouble. <paramref name="cgroup"/> is what the warden's permit answered.
    /// </summary>
    Task<IMachine> StartHeldAsync(SeatGoal seat, string cgroup, IMachineSink sink, CancellationToken cancel);

    /// <summary>Takes up a machine that <see cref="FindAsync"/> found, whose monitor answers.</summary>
    Task<IMachine> AdoptAsync(FoundMachine found, IMachineSink sink, CancellationToken cancel);

    /// <summary>
    /// Whether no lock that another process holds now would refuse a start with these disks, as their node sees them;
    /// a file that is not there is locked by nobody. Takes no lock, so that nobody else is refused for the question.
    /// Throws DatastoreSilent, and MissingFile for a datastore that this node does not have.
    /// </summary>
    Task<bool> LocksAreFreeAsync(ImmutableArray<DiskDefinition> disks, CancellationToken cancel);

    /// <summary>
    /// Whether new data is taken beside each of these disks: a megabyte is written, flushed and removed. False where
    /// that fails. Throws DatastoreSilent, and MissingFile for a datastore that this node does not have.
    /// </summary>
    Task<bool> HasRoomAsync(ImmutableArray<DiskDefinition> disks, CancellationToken cancel);

    /// <summary>
    /// Removes sockets, taps and Fresh disks of a machine whose process is gone; kept disks stay, and so does a Fresh
    /// disk that anybody holds open (the instance lives on elsewhere). Throws StillRunning while a process is alive.
    /// </summary>
    Task CleanAsync(InstanceName instance, CancellationToken cancel);
}

/// <summary>One process that was found.</summary>
/// <param name="Seat">What seat.json says it runs; null when that file is missing or unreadable.</param>
/// <param name="MonitorAnswers">False when QMP cannot be reached: alive all the same.</param>
public sealed record FoundMachine(
    InstanceName Instance, Generation Generation, int Pid, SeatGoal? Seat, bool MonitorAnswers);

public sealed record MachineInventory(bool Complete, ImmutableArray<FoundMachine> Machines);

/// <summary>A machine under the agent's hand. Every method is safe to call on one that has ended.</summary>
public interface IMachine : IAsyncDisposable
{
    InstanceName Instance { get; }

    Generation Generation { get; }

    int Pid { get; }

    /// <summary>Where the warden reaches the same machine.</summary>
    string WardenSocket { get; }

    /// <summary>
    /// For a machine that was adopted before its seat was known: from now on its guest is told that it is this one.
    /// </summary>
    void Introduce(SeatGoal seat);

    /// <summary>
    /// Asks the guest to shut down (guest agent first, else the power button); returns when asked. Throws
    /// MonitorSilent.
    /// </summary>
    Task AskShutdownAsync(TimeSpan grace, CancellationToken cancel);

    /// <summary>
    /// Disk operations and bytes sent by the guest since start, to see whether a silent guest still works; zeros once
    /// it has ended. Throws MonitorSilent.
    /// </summary>
    Task<IoCounters> CountIoAsync(CancellationToken cancel);

    /// <summary>
    /// What it used since it was made, read without asking its monitor; null once it has ended, and where the system
    /// does not count it.
    /// </summary>
    Task<UseCounters?> CountUseAsync(CancellationToken cancel);

    /// <summary>
    /// Keeps the console's tail, QEMU's log, what the guest's program wrote last and, where there is a display, a
    /// screenshot; returns their paths. What cannot be had is left out; works on a machine that has ended.
    /// </summary>
    Task<ImmutableArray<string>> KeepEvidenceAsync(string incident, CancellationToken cancel);

    /// <summary>
    /// Writes the guest's memory beside what <see cref="KeepEvidenceAsync"/> keeps of an incident, readable by the
    /// owner alone. From then on its vCPUs are held for good: only for a machine that is ended next. One dump at a time
    /// on a node; what is not complete in time is deleted, and none is begun that might not fit. No trouble is thrown.
    /// </summary>
    /// <param name="within">The longest that it takes; a monitor's answer may come a moment later.</param>
    Task<DumpOutcome> DumpAsync(string incident, TimeSpan within, CancellationToken cancel);
}

/// <summary>What came of a dump: one of both.</summary>
/// <param name="File">Where it is.</param>
/// <param name="Trouble">Why there is none, in a clause for people.</param>
public sealed record DumpOutcome(string? File, string? Trouble);

public sealed record IoCounters(long DiskOperations, long NetworkBytes);

/// <summary>What a machine's processes took of their node.</summary>
/// <param name="CpuTime">Of all CPUs together, since the cgroup was made.</param>
/// <param name="Memory">What they hold now and nobody could take from them: no page cache.</param>
public sealed record UseCounters(TimeSpan CpuTime, Bytes Memory);

/// <summary>
/// What a machine tells by itself. Called from any thread, in order per machine, never two at a time per machine;
/// a sink returns at once. Start tells nothing by itself; adoption first tells the state that was found.
/// </summary>
public interface IMachineSink
{
    void Happened(InstanceName instance, Generation generation, MachineSign sign);
}

/// <summary>Why a machine could not be made or adopted; the message names object, field, reason and remedy.</summary>
public sealed class MachineException(MachineTrouble trouble, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public MachineTrouble Trouble { get; } = trouble;
}

public enum MachineTrouble
{
    /// <summary>A file the machine needs is not there.</summary>
    MissingFile,

    /// <summary>Another process holds a disk's lock: another copy may be alive.</summary>
    DiskLocked,

    /// <summary>No room for a disk.</summary>
    NoSpace,

    /// <summary>QEMU refused its arguments or ended at once.</summary>
    ProcessFailed,

    /// <summary>The network could not be made.</summary>
    NetworkFailed,

    /// <summary>The monitor did not answer in time.</summary>
    MonitorSilent,

    /// <summary>A process of this instance is alive on this node.</summary>
    StillRunning,

    /// <summary>The datastore did not answer in time.</summary>
    DatastoreSilent,
}
