using System.Collections.Immutable;
using Havm.Guest.Notices;
using Havm.Wire.Guest;

namespace Havm.Guest.Agent;

/// <summary>What the world tells the agent.</summary>
public abstract record AgentInput
{
    private AgentInput()
    {
    }

    /// <summary>The host side of the port is open.</summary>
    public sealed record HostCame : AgentInput;

    /// <summary>The host side of the port is closed.</summary>
    public sealed record HostLeft : AgentInput;

    /// <summary>The host sent a line.</summary>
    public sealed record LineHeard(GuestLine Line) : AgentInput;

    /// <summary>The role's process was started.</summary>
    public sealed record RoleStarted : AgentInput;

    /// <summary>The role wrote on its standard output or error.</summary>
    public sealed record RoleWrote(ImmutableArray<byte> Bytes) : AgentInput;

    /// <summary>The role's process ended or could not be started.</summary>
    /// <param name="Code">Exit code; 128 + signal for a killed one; 127 for one that could not be started.</param>
    public sealed record RoleExited(int Code) : AgentInput;

    /// <summary>The probe under way has an answer.</summary>
    public sealed record ProbeAnswered(bool Passed) : AgentInput;

    /// <summary>Somebody in the guest asked at the metadata address; answered with Answer.</summary>
    /// <param name="Connection">Which connection the answer is for.</param>
    /// <param name="Wall">The guest's time of day, UTC: for people, nothing is decided on it.</param>
    public sealed record MetadataAsked(int Connection, MetadataRequest Request, DateTimeOffset Wall) : AgentInput;

    /// <summary>The agent itself was asked to end.</summary>
    public sealed record EndAsked : AgentInput;

    /// <summary>Time went on; only what is due is done.</summary>
    public sealed record Ticked : AgentInput;
}
