using Havm.Guest.Notices;
using Havm.Wire.Guest;

namespace Havm.Guest.Agent;

/// <summary>What the agent wants done, in order.</summary>
public abstract record AgentEffect
{
    private AgentEffect()
    {
    }

    /// <summary>Send a message to the host.</summary>
    public sealed record Say(GuestMessage Message) : AgentEffect;

    /// <summary>Start the role's process; answered with RoleStarted or RoleExited.</summary>
    public sealed record StartRole(RoleSpec Role, string Instance, long Generation) : AgentEffect;

    /// <summary>Send SIGTERM, or SIGKILL, to the role's process group.</summary>
    public sealed record EndRole(bool Kill) : AgentEffect;

    /// <summary>Start a probe; answered with ProbeAnswered.</summary>
    public sealed record StartProbe(ProbeSpec Probe) : AgentEffect;

    /// <summary>Give up the probe under way; it is not answered any more.</summary>
    public sealed record DropProbe : AgentEffect;

    /// <summary>Answer a request to the metadata address, and close its connection.</summary>
    public sealed record Answer(int Connection, MetadataAnswer Said) : AgentEffect;

    /// <summary>Flush the disks and power the guest off.</summary>
    public sealed record PowerOff : AgentEffect;

    /// <summary>End the agent's process.</summary>
    public sealed record Exit : AgentEffect;

    /// <summary>Write a line to the console.</summary>
    public sealed record Note(string Text) : AgentEffect;
}
