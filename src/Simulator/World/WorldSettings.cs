namespace Havm.Simulator.World;

/// <summary>How long things take in a virtual world. All are whole milliseconds; none is decided by.</summary>
public sealed record WorldSettings
{
    /// <summary>
    /// From power to the first word of the warden, at least; 1 s to 10 min. A spread of up to a second is drawn on top.
    /// </summary>
    public TimeSpan Boot { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>From an orderly shutdown's announcement to the end of power; 0 s to 10 min.</summary>
    public TimeSpan Shutdown { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Longest wait of a shutdown until a controller lets the node go; as the warden's command.
    /// </summary>
    public TimeSpan AnnouncePatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// From the warden's start, or an agent's end, to the agent's first turn; no multiple of a tenth, so that the two
    /// of one node never beat at the same moment.
    /// </summary>
    public TimeSpan AgentStart { get; init; } = TimeSpan.FromMilliseconds(1043);

    /// <summary>One way on the cluster's network; 1 ms to 1 s.</summary>
    public TimeSpan Wire { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How long an agent looks at its machine when it is asked for a diagnosis.</summary>
    public TimeSpan Diagnosis { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>A question over a local socket, there and back.</summary>
    public TimeSpan LocalCall { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>A small file, synced.</summary>
    public TimeSpan FileWrite { get; init; } = TimeSpan.FromMilliseconds(4);

    /// <summary>A commit of the shared state.</summary>
    public TimeSpan Commit { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>One round of the controller; what arrives meanwhile waits for the next.</summary>
    public TimeSpan Round { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Without a leading member of the store, until its members have chosen another; 0.1 s to 1 min.</summary>
    public TimeSpan Election { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>A commit that nobody acknowledges for this long has failed for whoever waits for it.</summary>
    public TimeSpan CommitPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>An agent waits as long for guests of another node to answer it.</summary>
    public TimeSpan GuestProbe { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>A BMC's answer.</summary>
    public TimeSpan Bmc { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>From a power-off order to the end of power.</summary>
    public TimeSpan PowerOff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After this a BMC that does not answer is given up.</summary>
    public TimeSpan BmcPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>From permit to a QEMU that is made and held.</summary>
    public TimeSpan MachineStart { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>A monitor's answer to `cont`, `stop` and the like.</summary>
    public TimeSpan Monitor { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>From SIGKILL to an empty cgroup.</summary>
    public TimeSpan Kill { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>From vCPUs that run to a guest that says it is ready.</summary>
    public TimeSpan GuestBoot { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Between two words of a guest agent that is well.</summary>
    public TimeSpan GuestBeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A guest that was asked to shut down takes this long.</summary>
    public TimeSpan GuestShutdown { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Sent bytes that nobody acknowledges for this long end a stream at its sender.</summary>
    public TimeSpan StreamPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Silence after which the controller's end of a stream is closed.</summary>
    public TimeSpan StreamSilence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Everything is lived through, also what cannot change anything: slower, and of the same outcome. Tests compare.
    /// </summary>
    public bool LiveEveryMoment { get; init; }
}
