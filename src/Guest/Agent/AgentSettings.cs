namespace Havm.Guest.Agent;

/// <summary>Who the agent says it is.</summary>
/// <param name="BootId">The kernel's boot id.</param>
public sealed record AgentIdentity(string Agent, string Version, string BootId);

/// <summary>The agent's own numbers, in force until the host configures others.</summary>
/// <param name="BeatPeriod">Time between beats; 15 s by default.</param>
/// <param name="StopGrace">SIGTERM to SIGKILL of a role that is ill or replaced; 5 s by default.</param>
public sealed record AgentSettings(TimeSpan BeatPeriod, TimeSpan StopGrace)
{
    public static AgentSettings Default { get; } = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(5));
}
