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

    /// <summary>The role's process ended or could not be started.</summary>
    /// <param name="Code">Exit code; 128 + signal for a killed one; 127 for one that could not be started.</param>
    public sealed record RoleExited(int Code) : AgentInput;

    /// <summary>The probe under way has an answer.</summary>
    public sealed record ProbeAnswered(bool Passed) : AgentInput;

    /// <summary>The agent itself was asked to end.</summary>
    public sealed record EndAsked : AgentInput;

    /// <summary>Time went on; only what is due is done.</summary>
    public sealed record Ticked : AgentInput;
}
