namespace Havm.Model;

/// <summary>
/// What is to stand before an instance is started. It orders starts and nothing else: what runs is never stopped for
/// it.
/// </summary>
public sealed record Dependency
{
    /// <summary>When its time is over the start is tried anyway.</summary>
    public static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(600);

    /// <summary>VirtualMachine or Service.</summary>
    public string Kind { get; init; } = "VirtualMachine";

    /// <summary>The object's name.</summary>
    public required string Name { get; init; }

    /// <summary>One role of a Service; null: the VirtualMachine, or all roles.</summary>
    public string? Role { get; init; }

    /// <summary>What every instance of it that is to run must have reached.</summary>
    public Readiness Condition { get; init; } = Readiness.GuestReady;

    /// <summary>From when the start is due until it is no longer waited for; 1 s to 24 h.</summary>
    public TimeSpan Timeout { get; init; } = UsualTimeout;

    /// <summary>"VirtualMachine/db", "Service/shop", "role api of Service/shop".</summary>
    public string Target => Role is null ? $"{Kind}/{Name}" : $"role {Role} of {Kind}/{Name}";
}

/// <summary>How far what others depend on must have come.</summary>
public enum Readiness
{
    /// <summary>Its vCPUs run under its seat.</summary>
    Running,

    /// <summary>Its guest has said that it is ready; without an application it runs.</summary>
    GuestReady,

    /// <summary>Besides, every load balancer in front of it finds that it answers.</summary>
    ProbeOk,
}
