using System.Collections.Immutable;
using Havm.Core.Liveness;
using Havm.Model;

namespace Havm.Core;

/// <summary>A fact with its sender. Inputs are all that a controller ever learns.</summary>
public abstract record Input;

/// <summary>A process of a node beat. The runner has checked the cluster's name.</summary>
/// <param name="Node">Who.</param>
/// <param name="Boot">Which boot.</param>
/// <param name="Life">Which life of the process.</param>
/// <param name="Connection">Number of its stream, in order of acceptance.</param>
public abstract record Beat(NodeName Node, BootId Boot, ProcessLife Life, long Connection) : Input
{
    /// <summary>The leader this process obeys, with the newest goal it has made durable.</summary>
    public LeaderSeen Highest { get; init; } = LeaderSeen.None;

    /// <summary>The goal this life of the process holds: an answer need not carry it again. Null: none.</summary>
    public GoalVersion? Holds { get; init; }
}

/// <summary>The warden beat; answering it renews the node's lease.</summary>
public sealed record WardenBeatHeard(NodeName Node, BootId Boot, ProcessLife Life, long Connection)
    : Beat(Node, Boot, Life, Connection)
{
    public bool WatchdogArmed { get; init; }

    /// <summary>The node's boot clock when the beat left.</summary>
    public TimeSpan Uptime { get; init; }

    public bool AgentAnswers { get; init; } = true;

    /// <summary>Null: nothing announced; else whether it will come back by itself.</summary>
    public bool? DepartureReboots { get; init; }

    /// <summary>What its warden has made durable about long leases; null: it has said nothing of them.</summary>
    public LongLeaseSeen? LongLease { get; init; }

    /// <summary>What it has running, by its cgroups; null: it does not tell.</summary>
    public ImmutableArray<RunningSeat>? Running { get; init; }

    /// <summary>What it reaches of its network, by its own word; null: it does not tell.</summary>
    public NetworkReach? Reach { get; init; }

    /// <summary>Where it speaks from; others ask for it there once it is silent. Null: not known.</summary>
    public string? Address { get; init; }
}

/// <summary>The agent beat, with its report when that is news.</summary>
public sealed record AgentBeatHeard(NodeName Node, BootId Boot, ProcessLife Life, long Connection)
    : Beat(Node, Boot, Life, Connection)
{
    public NodeReport? Report { get; init; }

    /// <summary>The node's boot clock when the beat left; null: it does not tell.</summary>
    public TimeSpan? Uptime { get; init; }

    /// <summary>For how long it has run since it last looked at its machines; null: it does not tell.</summary>
    public TimeSpan? LookAge { get; init; }

    /// <summary>The datastore heartbeats it was asked to look at.</summary>
    public ImmutableArray<DatastoreSighting> Sightings { get; init; } = [];

    /// <summary>The guests of silent nodes that answered it, of those it was asked to ask.</summary>
    public ImmutableArray<GuestAnswer> Guests { get; init; } = [];

    /// <summary>The silent nodes that answered it at their address, of those it was asked to ask for.</summary>
    public ImmutableArray<NodeName> Reached { get; init; } = [];
}

/// <summary>A datagram came through.</summary>
public sealed record DatagramHeard(NodeName Node, BootId Boot) : Input
{
    /// <summary>The node's boot clock when it left; null: it does not tell.</summary>
    public TimeSpan? Uptime { get; init; }
}

/// <summary>What is wrong with a node's link or clock, as seen from here, is another list now.</summary>
public sealed record LinkJudged(NodeName Node, BootId Boot, ImmutableArray<NodeAilment> Ailments) : Input;

/// <summary>A stream ended: a signal of its own, before any silence.</summary>
public sealed record StreamEnded(NodeName Node, long Connection) : Input;

/// <summary>A BMC, or what else switches the node, answered the question for its power state.</summary>
public sealed record PowerRead(NodeName Node, PowerSeen Seen) : Input
{
    /// <summary>The place of what was asked in the node's ladder, from 0.</summary>
    public int Rung { get; init; }
}

/// <summary>A BMC answered a power-off order. What it says proves nothing; the readings after it do.</summary>
/// <param name="Node">Whose BMC.</param>
/// <param name="Order">The number of the fence order.</param>
/// <param name="Fate">What became of the order.</param>
public sealed record PowerOffAnswered(NodeName Node, long Order, PowerOffFate Fate) : Input
{
    /// <summary>The place of what was ordered in the node's ladder, from 0.</summary>
    public int Rung { get; init; }

    /// <summary>If the machine goes off now, it is by this order.</summary>
    public bool MayAct => Fate is PowerOffFate.Taken or PowerOffFate.AnswerLost;
}

/// <summary>What became of a power-off order.</summary>
public enum PowerOffFate
{
    /// <summary>It did not leave: the node was heard, or its BMC could not be asked or is another machine's.</summary>
    NotSent,

    /// <summary>The machine was off already.</summary>
    FoundOff,

    /// <summary>The BMC refused it.</summary>
    Refused,

    /// <summary>The BMC accepted it for a machine that was not off.</summary>
    Taken,

    /// <summary>It went to a machine that was not off, and no answer came: it may be carried out.</summary>
    AnswerLost,
}

/// <summary>Storage answered whether it takes a node's writes (On) or refuses them (Off).</summary>
public sealed record StorageRead(NodeName Node, FenceMethod Method, PowerSeen Seen) : Input;

/// <summary>Storage answered an order. What it says proves nothing; the readings after it do.</summary>
/// <param name="Node">Whose writes.</param>
/// <param name="Method">By what it was told.</param>
/// <param name="Trouble">Why nothing was ordered or taken; empty when it was.</param>
public sealed record StorageAnswered(NodeName Node, FenceMethod Method, string Trouble) : Input
{
    /// <summary>
    /// The cut whose order it took, having taken the node's writes until then; null: it was told something else, or
    /// found that so already, or had trouble.
    /// </summary>
    public long? Took { get; init; }
}

/// <summary>A BMC answered a power-on order.</summary>
/// <param name="Node">Whose BMC.</param>
/// <param name="Boot">The dead boot the order was for.</param>
/// <param name="Trouble">Why nothing was ordered or taken; empty when it was.</param>
public sealed record PowerOnAnswered(NodeName Node, BootId Boot, string Trouble) : Input
{
    /// <summary>The place of what was ordered in the node's ladder, from 0.</summary>
    public int Rung { get; init; }
}

/// <summary>A load balancer was asked what it does with its members and how they are.</summary>
/// <param name="Balancer">The LoadBalancer object.</param>
/// <param name="Asked">When it was asked, on this controller's clock.</param>
/// <param name="Word">What it says.</param>
public sealed record BalancerSpoke(string Balancer, Instant Asked, BalancerWord Word) : Input;

/// <summary>A load balancer was asked and did not answer: what it said before stands still.</summary>
public sealed record BalancerSilent(string Balancer, string Trouble) : Input;

/// <summary>Objects to create or replace by name.</summary>
public sealed record SpecsSubmitted(long Request, ImmutableArray<SpecObject> Objects, bool DryRun, string Actor)
    : Input;

/// <summary>Objects to delete.</summary>
public sealed record SpecsDeleted(long Request, ImmutableArray<SpecKey> Keys, bool DryRun, string Actor) : Input;

/// <summary>An order about one instance.</summary>
public sealed record InstanceOrder(long Request, InstanceName Instance, InstanceVerb Verb, string Actor) : Input
{
    /// <summary>For a stop: the guest's time to shut down before it is ended, 0 s to 1 h; null: 30 s.</summary>
    public TimeSpan? Grace { get; init; }
}

public enum InstanceVerb
{
    Start,
    Stop,
    Restart,

    /// <summary>Look, and never act; a start or stop takes it back.</summary>
    Unmanage,
}

/// <summary>Move an instance, and all that share its node by a rule, to another node.</summary>
public sealed record MoveOrder(long Request, InstanceName Instance, NodeName To, string Actor) : Input;

/// <summary>Somebody outside works on an instance: its silence is not judged.</summary>
/// <param name="Length">1 min to 24 h; it ends by itself. A newer order takes the place of an older one.</param>
/// <param name="Why">What is done, in a few words.</param>
public sealed record BusyOrder(long Request, InstanceName Instance, TimeSpan Length, string Why, string Actor) : Input;

/// <summary>That is over, before its time.</summary>
public sealed record BusyEndOrder(long Request, InstanceName Instance, string Actor) : Input;

/// <summary>How many instances a role shall have.</summary>
public sealed record ScaleOrder(long Request, string Service, string Role, int Instances, string Actor) : Input;

/// <summary>The operator states that a boot of a node is not running any more.</summary>
public sealed record ConfirmDeadOrder(long Request, NodeName Node, BootId Boot, string Actor) : Input;

/// <summary>Keep new seats away from a node, or let them come again.</summary>
public sealed record CordonOrder(long Request, NodeName Node, bool Cordoned, string Actor) : Input;

/// <summary>
/// Take a node into maintenance: no new seats, and what sits on it moves away. Or end that.
/// </summary>
public sealed record DrainOrder(long Request, NodeName Node, bool Drain, string Actor) : Input;

/// <summary>A node is out for repair: no new seats, and it is not powered on.</summary>
/// <param name="Text">What is wrong with it, in one line.</param>
/// <param name="Drain">What sits on it moves away too.</param>
public sealed record RepairOrder(long Request, NodeName Node, string Text, bool Drain, string Actor) : Input;

/// <summary>Give a node back that was kept from taking seats.</summary>
/// <param name="Now">Without probation and diagnosis.</param>
public sealed record ReturnOrder(long Request, NodeName Node, bool Now, string Actor) : Input
{
    /// <summary>Probation is served, and nobody looks at the machine first.</summary>
    public bool WithoutDiagnosis { get; init; }
}

/// <summary>A node is to take no seats any more; it holds none.</summary>
public sealed record RetireOrder(long Request, NodeName Node, string Actor) : Input;

/// <summary>Grant every node a long lease, before this controller is stopped on purpose.</summary>
/// <param name="Length">1 min to 24 h.</param>
public sealed record LongLeaseOrder(long Request, TimeSpan Length, string Actor) : Input;

/// <summary>End the long lease before its time.</summary>
public sealed record LongLeaseEndOrder(long Request, string Actor) : Input;

/// <summary>Switch automation off for a while.</summary>
/// <param name="Mode">Freeze or hands-off.</param>
/// <param name="Length">1 min to 72 h; it ends by itself.</param>
public sealed record DisarmOrder(long Request, AutomationMode Mode, TimeSpan Length, string Actor) : Input;

/// <summary>Switch automation on again, before its time.</summary>
public sealed record ArmOrder(long Request, string Actor) : Input;

/// <summary>Time has passed.</summary>
public sealed record Tick : Input;

/// <summary>The runner was not scheduled for a while: silence in that time was ours (SAFETY: leaders).</summary>
public sealed record OwnStall(TimeSpan Length) : Input;
