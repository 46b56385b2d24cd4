using Havm.Model;

namespace Havm.Runtime.Ports;

/// <summary>
/// Switches one node's power from outside and reads its state; or, by a method that names datastores, tells storage
/// whether to take the node's writes, and reads whether it does: Off means that it refuses them, and nothing about the
/// machine.
/// Where the method names a UUID, every call first checks that what it speaks to is the node's own and answers
/// <see cref="FenceTrouble.WrongMachine"/> otherwise, having ordered nothing. Every call ends within the method's time,
/// and leaves no process behind. Calls are idempotent: off where it is off already succeeds. An order's success says
/// only that it was accepted; state is what <see cref="ReadAsync"/> says.
/// Trouble is a value; only a cancelled token throws.
/// </summary>
public interface IPowerFence
{
    Task<PowerAnswer> ReadAsync(NodeName node, FenceMethod method, CancellationToken cancel);

    Task<PowerAnswer> OffAsync(NodeName node, FenceMethod method, CancellationToken cancel);

    /// <summary>
    /// <see cref="FenceTrouble.Unusable"/> where storage takes writes again only once the node has registered itself.
    /// </summary>
    Task<PowerAnswer> OnAsync(NodeName node, FenceMethod method, CancellationToken cancel);
}

/// <summary>What a BMC, or whatever else the method speaks to, answered.</summary>
/// <param name="State">
/// The power state it stated, or of storage whether it takes the node's writes; Unknown when it stated none. Of an
/// order: the state before it, also when the order then was refused or went unanswered; Unknown when no order left.
/// </param>
/// <param name="Trouble">None when the call did what it should.</param>
/// <param name="Message">For people: what went wrong and what to check; empty without trouble.</param>
public sealed record PowerAnswer(PowerState State, FenceTrouble Trouble, string Message)
{
    public static PowerAnswer Of(PowerState state) => new(state, FenceTrouble.None, "");
}

public enum FenceTrouble
{
    None,

    /// <summary>No answer within the time-out, or the connection was refused.</summary>
    Unreachable,

    /// <summary>TLS failed: the certificate is not signed by the pinned authority.</summary>
    Untrusted,

    /// <summary>The credentials file cannot be used, or the BMC refused them.</summary>
    Unauthorized,

    /// <summary>Another system's UUID.</summary>
    WrongMachine,

    /// <summary>It answered what its protocol does not allow, or refused the order.</summary>
    Refused,

    /// <summary>The program that speaks to it is missing here, cannot be run or cannot do what is asked.</summary>
    Unusable,
}
