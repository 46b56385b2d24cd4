namespace Havm.Model;

/// <summary>What becomes of instances when their node goes in good order.</summary>
public sealed record MaintenancePolicy
{
    /// <summary>When a node announces a shutdown.</summary>
    public DeparturePolicy OnShutdown { get; init; } = DeparturePolicy.Failover;

    /// <summary>When a node announces a reboot.</summary>
    public DeparturePolicy OnReboot { get; init; } = DeparturePolicy.Hold;

    /// <summary>Whether instances that a drain moved away go back once their node takes seats again.</summary>
    public bool Return { get; init; } = true;

    /// <summary>Cold moves that leave one node at the same time; 1 to 100.</summary>
    public int MovesAtOnce { get; init; } = 4;

    /// <summary>
    /// How long a planned move, restart or stop waits at most for the approval of a guest that asks for notices; 0 s to
    /// 15 min, which is what Azure gives.
    /// </summary>
    public TimeSpan Notice { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What becomes of the instances of a node that is shut down or rebooted in good order.</summary>
public enum DeparturePolicy
{
    /// <summary>They start elsewhere at once; the node does not wait for that.</summary>
    Failover,

    /// <summary>They wait for their node.</summary>
    Hold,

    /// <summary>They move first; the node goes when none is left that could.</summary>
    Drain,
}
