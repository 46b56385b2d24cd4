using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core;

/// <summary>What a decider wants: a change, why, and how much it can hurt. Guards may hold it.</summary>
/// <param name="Change">The step of the ledger; null when only commands are wanted.</param>
/// <param name="Reason">Why; also the event that people read.</param>
/// <param name="Impact">The most harm it can do to something healthy.</param>
public sealed record Proposal(Change? Change, Reason Reason, Impact Impact = Impact.None)
{
    /// <summary>What is to be done once the change is durable.</summary>
    public ImmutableArray<Command> Commands { get; init; } = [];

    /// <summary>False for bookkeeping that nobody wants to read in the event list.</summary>
    public bool Told { get; init; } = true;

    /// <summary>
    /// It takes on record what is so already, and nothing that runs is touched by it: legal also while automation is
    /// disarmed.
    /// </summary>
    public bool Notes { get; init; }

    /// <summary>It is a part of the proposal before it: held when that one is.</summary>
    public bool Follows { get; init; }

    /// <summary>The rule that wants it, as the round knows of each decider; null: none that may observe.</summary>
    public AutomationRule? Rule { get; init; }

    /// <summary>The node whose silence it is concluded from; guards judge by it.</summary>
    public NodeName? Judges { get; init; }
}

/// <summary>A proposal that a guard keeps back, with what would release it.</summary>
public sealed record Held(Proposal Proposal, Reason Guard);

/// <summary>Something to do in the world after the commit. Each is safe to repeat.</summary>
public abstract record Command;

/// <summary>Something to do with a node's power, by one method of its ladder.</summary>
/// <param name="Node">Whose power.</param>
/// <param name="Method">The method.</param>
public abstract record PowerCommand(NodeName Node, FenceMethod Method) : Command
{
    /// <summary>The method's place in the ladder, from 0.</summary>
    public int Rung { get; init; }
}

/// <summary>Ask for the power state: evidence, never an order.</summary>
public sealed record ReadPower(NodeName Node, FenceMethod Method, BootId Boot) : PowerCommand(Node, Method);

/// <summary>Power off, for one boot only; re-checked against the newest picture just before it is sent.</summary>
public sealed record PowerOff(NodeName Node, FenceMethod Method, FenceOrder Order) : PowerCommand(Node, Method);

/// <summary>Something to do with whether storage takes a node's writes.</summary>
/// <param name="Node">Whose writes.</param>
/// <param name="Method">By what storage is told and asked.</param>
public abstract record StorageCommand(NodeName Node, FenceMethod Method) : Command;

/// <summary>Ask whether its writes are taken (On) or refused (Off): evidence, never an order.</summary>
/// <param name="Boot">The one on record.</param>
public sealed record ReadStorage(NodeName Node, FenceMethod Method, BootId Boot) : StorageCommand(Node, Method);

/// <summary>Refuse its writes, by one cut; re-checked against the newest picture just before it is sent.</summary>
/// <param name="Cut">Its number.</param>
public sealed record CutStorage(NodeName Node, FenceMethod Method, long Cut) : StorageCommand(Node, Method);

/// <summary>Take its writes again, as that cut is over; re-checked likewise.</summary>
/// <param name="Cut">Its number.</param>
public sealed record GiveStorage(NodeName Node, FenceMethod Method, long Cut) : StorageCommand(Node, Method);

/// <summary>Ask an agent about a silent node: evidence, never an order.</summary>
/// <param name="Reader">Whose agent is asked.</param>
/// <param name="About">The silent node.</param>
public abstract record AgentQuestion(NodeName Reader, NodeName About) : Command;

/// <summary>How its datastore heartbeat looks.</summary>
/// <param name="Closely">Told four times a second, not once.</param>
public sealed record ReadHeartbeat(NodeName Reader, NodeName About, bool Closely) : AgentQuestion(Reader, About);

/// <summary>Which of its guests answer on their own network.</summary>
/// <param name="Cards">Theirs; <see cref="GuestCard.AtOnce"/> at most.</param>
public sealed record AskGuests(NodeName Reader, NodeName About, ImmutableArray<GuestCard> Cards)
    : AgentQuestion(Reader, About);

/// <summary>Whether it answers at its address.</summary>
/// <param name="Address">Where its warden was last heard from.</param>
public sealed record AskNode(NodeName Reader, NodeName About, string Address) : AgentQuestion(Reader, About);

/// <summary>
/// Power on a node whose boot an order of ours has ended; re-checked against the newest picture just before it is sent.
/// </summary>
/// <param name="Node">Which.</param>
/// <param name="Method">The method of its ladder.</param>
/// <param name="Boot">The dead boot.</param>
/// <param name="Try">Counts the orders for this boot, from 1.</param>
public sealed record PowerOn(NodeName Node, FenceMethod Method, BootId Boot, int Try) : PowerCommand(Node, Method);
