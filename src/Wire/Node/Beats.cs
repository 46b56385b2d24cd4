using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Wire.Node;

/// <summary>
/// One frame from a node to the controller. Exactly one member is set. Frames are JSON lines over one long-lived
/// stream per process, so that the stream's end is itself a signal.
/// </summary>
public sealed record NodeFrame
{
    public WardenBeat? Warden { get; init; }

    public AgentBeat? Agent { get; init; }
}

/// <summary>
/// The warden's heartbeat. Its answer renews the lease, whose age the host counts from *sending* this frame.
/// </summary>
public sealed record WardenBeat
{
    public required string Cluster { get; init; }

    public required NodeName Node { get; init; }

    public required BootId Boot { get; init; }

    public required ProcessLife Life { get; init; }

    /// <summary>Grows by one with each beat of one life; the answer quotes it.</summary>
    public required long Sequence { get; init; }

    /// <summary>
    /// The node's boot clock when this was sent: the clock that numbers its datastore heartbeats, so that a controller
    /// can tell one written after this word from one written before.
    /// </summary>
    public TimeSpan Uptime { get; init; }

    /// <summary>
    /// The highest leader this node ever obeyed (SAFETY: leaders). A controller behind it acts on nothing.
    /// </summary>
    public LeaderSeen Highest { get; init; } = LeaderSeen.None;

    /// <summary>The goal whose floors this life holds; null: none, and the answer brings one.</summary>
    public GoalVersion? Holds { get; init; }

    /// <summary>Whether the agent process on this node answers the warden; false for agentDown.</summary>
    public bool AgentAnswers { get; init; }

    /// <summary>An independent watchdog is armed and fed.</summary>
    public bool WatchdogArmed { get; init; }

    /// <summary>What the warden itself sees running, by cgroup.</summary>
    public ImmutableArray<RunningSeat> Running { get; init; } = [];

    /// <summary>Set by an orderly shutdown or reboot, before it begins.</summary>
    public DepartureNotice? Departure { get; init; }

    /// <summary>The long lease it holds and the last one it knows ended; null: a warden that knows of none.</summary>
    public LongLeaseSeen? LongLease { get; init; }

    /// <summary>What it reaches of its network; null: a warden that does not tell.</summary>
    public NetworkReach? Reach { get; init; }
}

/// <summary>The agent's heartbeat: what is.</summary>
public sealed record AgentBeat
{
    public required string Cluster { get; init; }

    public required NodeName Node { get; init; }

    public required BootId Boot { get; init; }

    public required ProcessLife Life { get; init; }

    public required long Sequence { get; init; }

    public LeaderSeen Highest { get; init; } = LeaderSeen.None;

    /// <summary>The goal in force in this life; null: none yet, and the answer brings one.</summary>
    public GoalVersion? Holds { get; init; }

    /// <summary>
    /// The node's boot clock when this was sent, so that a word which was long on its way is known by it; null: an
    /// agent that does not tell.
    /// </summary>
    public TimeSpan? Uptime { get; init; }

    /// <summary>The node's wall clock when this was sent, UTC; null: an agent that does not tell.</summary>
    public DateTimeOffset? Wall { get; init; }

    /// <summary>The report's version; the report itself rides along until an answer has quoted this version.</summary>
    public long ReportVersion { get; init; }

    public NodeReport? Report { get; init; }

    /// <summary>
    /// For how long the agent has run since it last looked at its machines: a beat with a look of 10 s is old news.
    /// Null: an agent that does not tell.
    /// </summary>
    public TimeSpan? LookAge { get; init; }

    /// <summary>
    /// How the datastore heartbeats look that a controller asked about (<see cref="ControllerFrame.Look"/>), read just
    /// now; empty when nobody asked.
    /// </summary>
    public ImmutableArray<DatastoreSighting> Sightings { get; init; } = [];

    /// <summary>
    /// Guests of silent nodes that a controller asked about (<see cref="ControllerFrame.Guests"/>) and that answered
    /// just now; empty when nobody asked, or none did.
    /// </summary>
    public ImmutableArray<GuestAnswer> Guests { get; init; } = [];

    /// <summary>
    /// Silent nodes that a controller asked for (<see cref="ControllerFrame.Address"/>) and that answered just now at
    /// their address; empty when nobody asked, or none did.
    /// </summary>
    public ImmutableArray<NodeName> Reached { get; init; } = [];
}

/// <summary>
/// One frame from the controller to a node: an answer to a beat, or (Answers = 0) a goal pushed as soon as it was
/// committed. Carries only committed state.
/// </summary>
public sealed record ControllerFrame
{
    public required string Cluster { get; init; }

    public required string Controller { get; init; }

    public required Epoch Epoch { get; init; }

    /// <summary>The sequence of the beat this answers; 0 when it answers none and so renews nothing.</summary>
    public long Answers { get; init; }

    /// <summary>
    /// True when this answer renews the node's lease (SAFETY: lease; K, P and policy ride in the goal).
    /// </summary>
    public bool Lease { get; init; }

    /// <summary>
    /// The departure that the answered beat announced is on record: the node may go. By policy that comes at once, or
    /// when nothing is left on it that could move away.
    /// </summary>
    public bool Departs { get; init; }

    /// <summary>
    /// Granted before a planned stop of the controller, or ended (SAFETY: isolation policy); null: no word on it.
    /// </summary>
    public LongLeaseWord? LongLease { get; init; }

    /// <summary>The newest event of the cluster's history on record; 0 in a word that renews no lease.</summary>
    public long Event { get; init; }

    /// <summary>The report version the controller holds.</summary>
    public long ReportVersion { get; init; }

    /// <summary>The node's goal; null: the beat named it as held.</summary>
    public Goal? Goal { get; init; }

    /// <summary>A node that fell silent, whose datastore heartbeat the agent is asked to look at; null: none.</summary>
    public HeartbeatLook? Look { get; init; }

    /// <summary>A node that fell silent, whose guests the agent is asked to ask once; null: none.</summary>
    public GuestLook? Guests { get; init; }

    /// <summary>A node that fell silent, whom the agent is asked to ask for once at its address; null: none.</summary>
    public AddressLook? Address { get; init; }

    /// <summary>
    /// In a word that renews the lease: the isolation addresses of the Policy; the node tells which of them answer.
    /// Null in any other.
    /// </summary>
    public ImmutableArray<string>? IsolationAddresses { get; init; }

    /// <summary>
    /// Why the beat is refused (unknown node, other cluster, a newer controller was seen); null: accepted.
    /// </summary>
    public string? Refused { get; init; }
}

/// <summary>
/// The heartbeat as one UDP datagram, so that a stalled TCP stream alone never looks like a dead node. Counts as
/// having been heard, renews nothing.
/// </summary>
public sealed record DatagramBeat(string Cluster, NodeName Node, BootId Boot, ProcessLife Life, long Sequence)
{
    /// <summary>The node's boot clock when this was sent; null: a warden that does not tell.</summary>
    public TimeSpan? Uptime { get; init; }
}

/// <summary>
/// Asks an agent to read one node's datastore heartbeat and to tell what it sees with its beats, for 5 s from now.
/// </summary>
/// <param name="Node">Whose heartbeat.</param>
/// <param name="Closely">Four times a second and told at once; else with the beat of each second.</param>
public sealed record HeartbeatLook(NodeName Node, bool Closely);

/// <summary>
/// Asks an agent to ask guests of another node on their own network, once, and to tell who answered with a beat.
/// </summary>
/// <param name="Node">The node they sit on.</param>
/// <param name="Cards">Their cards; <see cref="GuestCard.AtOnce"/> at most.</param>
public sealed record GuestLook(NodeName Node, ImmutableArray<GuestCard> Cards);

/// <summary>
/// Asks an agent to ask for another node at its address, once, and to tell with a beat if it answers.
/// </summary>
/// <param name="Node">Who is asked for.</param>
/// <param name="Address">Where it was last heard from, IPv4 or IPv6.</param>
public sealed record AddressLook(NodeName Node, string Address);
