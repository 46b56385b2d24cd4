using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Runtime.Ports;

/// <summary>
/// Runs machine processes so that they outlive the agent: as transient units where systemd runs, else in a session and
/// cgroup of their own.
/// </summary>
public interface IProcessSupervisor
{
    /// <summary>
    /// Starts a program inside <paramref name="cgroup"/> from its first instruction on, in its own session, output
    /// appended to <paramref name="log"/>, and returns its pid once it runs as that program. It is nobody's to wait
    /// for: it outlives the caller. Throws <see cref="MachineException"/> (ProcessFailed) when it cannot be executed.
    /// </summary>
    Task<int> StartAsync(string cgroup, IReadOnlyList<string> command, string log, CancellationToken cancel);
}

/// <summary>The cgroups of this node's machines, one each below one parent.</summary>
public interface IMachineCgroups
{
    /// <summary>Makes the instance's cgroup if needed and returns its directory.</summary>
    string Make(InstanceName instance);

    /// <summary>
    /// Instances that have a cgroup, with the pids in it. Throws IOException when it cannot be read completely.
    /// </summary>
    IReadOnlyDictionary<InstanceName, IReadOnlyList<int>> Populated();

    /// <summary>
    /// Kills everything in it, also when frozen, and returns once it is verified empty; false after the time-out.
    /// </summary>
    Task<bool> EndAsync(InstanceName instance, TimeSpan timeout, CancellationToken cancel);

    /// <summary>Removes an empty cgroup.</summary>
    void Remove(InstanceName instance);
}

/// <summary>
/// The warden's own hand on a machine's vCPUs, through a monitor connection that is not the agent's. Every verb is
/// idempotent and answers true only once the monitor has confirmed the state that was asked for; false when it does
/// not answer within the time-out, refuses, or there is no such machine.
/// </summary>
public interface IVcpuSwitch
{
    /// <summary>Lets vCPUs run. Refused where the guest panicked or shut down: that needs a reset.</summary>
    Task<bool> ReleaseAsync(string socket, CancellationToken cancel);

    /// <summary>Holds vCPUs; the process keeps its disks and locks.</summary>
    Task<bool> HoldAsync(string socket, CancellationToken cancel);

    /// <summary>
    /// Resets in the same process and lets vCPUs run, also after a panic. Fresh disks are not made anew.
    /// </summary>
    Task<bool> ResetAsync(string socket, CancellationToken cancel);

    /// <summary>Presses the power button; true when pressed, which says nothing about the guest.</summary>
    Task<bool> AskShutdownAsync(string socket, CancellationToken cancel);
}

/// <summary>The node's ear in shared storage: who else still writes there.</summary>
public interface IDatastoreHeartbeats
{
    /// <summary>
    /// Writes this node's beat with direct I/O; throws IOException when the datastore does not take it.
    /// </summary>
    Task WriteAsync(DatastoreBeat beat, CancellationToken cancel);

    /// <summary>All beats found, own included; unreadable ones are left out.</summary>
    Task<IReadOnlyList<DatastoreBeat>> ReadAllAsync(CancellationToken cancel);
}

/// <summary>One node's beat on one datastore.</summary>
/// <param name="Node">Who wrote it.</param>
/// <param name="Boot">On which boot.</param>
/// <param name="Sequence">Milliseconds of the writer's boot clock when it was written.</param>
/// <param name="Running">What ran there.</param>
/// <param name="Reach">What it reaches of its network; null: it does not tell.</param>
public sealed record DatastoreBeat(
    NodeName Node, BootId Boot, long Sequence, IReadOnlyList<RunningSeat> Running, NetworkReach? Reach = null);

/// <summary>The watchdog that resets this node unless it is fed. Opening arms it.</summary>
public interface IWatchdog : IAsyncDisposable
{
    /// <summary>False where the node has none.</summary>
    bool Armed { get; }

    void Feed();

    /// <summary>Stops it in good order, before an orderly shutdown.</summary>
    void Disarm();
}

/// <summary>Taps of machines on the node's bridge.</summary>
public interface IHostNetwork
{
    /// <summary>
    /// Makes or finds the tap of one card, up and on the bridge; returns its name (15 characters at most), which is
    /// the same every time. Throws <see cref="MachineException"/> (NetworkFailed) and leaves no tap behind.
    /// </summary>
    Task<string> MakeTapAsync(InstanceName instance, int card, CancellationToken cancel);

    /// <summary>Removes every tap of the instance; succeeds when there is none.</summary>
    Task RemoveTapsAsync(InstanceName instance, CancellationToken cancel);

    /// <summary>
    /// Bytes the guest itself sent through its taps since they were made; 0 without taps. What others send to it is
    /// left out, because broadcasts reach a dead guest too.
    /// </summary>
    long SentBytes(InstanceName instance);
}

/// <summary>Asks machines of the management network whether they are there.</summary>
public interface IAddressProbe
{
    /// <summary>
    /// Whether an address of another machine answers an ICMP echo within 1 s; false also for an address of this
    /// machine, which answers whatever its cables are like, for what is no address, and where this process may not ask.
    /// Changes nothing, and may run several times at once.
    /// </summary>
    Task<bool> AnswersAsync(string address, CancellationToken cancel);
}

/// <summary>Asks guests of other nodes whether they answer on their own network.</summary>
public interface IGuestProbe
{
    /// <summary>
    /// Who of these answers now, as the very card that is named, within 1 s and in the order asked; nobody where this
    /// node has no such network. Changes nothing, and may run several times at once.
    /// </summary>
    Task<ImmutableArray<InstanceName>> AskAsync(ImmutableArray<GuestCard> cards, CancellationToken cancel);
}

/// <summary>A machine's clocks. Monotonic runs through suspend.</summary>
public interface IClock
{
    Instant Now { get; }

    /// <summary>UTC, for people.</summary>
    DateTimeOffset Wall { get; }
}
