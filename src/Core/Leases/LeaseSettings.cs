namespace Havm.Core.Leases;

/// <summary>
/// The numbers behind every lease, the same for all machines of a cluster. Times are whole tenths of a second.
/// <see cref="LeaseTerms.TryMake"/> refuses a set that breaks an inequality.
/// </summary>
public sealed record LeaseSettings
{
    /// <summary>Time between two heartbeats of a warden; 0.1 s to 1 min.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time until a new leader answers again after the old one went; 0 s to 10 min.</summary>
    public TimeSpan Failover { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>Longest time a node needs to connect to a leader that listens; 0 s to 1 min.</summary>
    public TimeSpan Reconnect { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// P: the lease age at which the host begins to act. More than failover + heartbeat + reconnect, so that a change
    /// of leader disturbs no VM.
    /// </summary>
    public TimeSpan Begin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>K of policy powerOff; more than P.</summary>
    public TimeSpan KillPowerOff { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>K of policy stop: P plus the guest's time to shut down; more than P.</summary>
    public TimeSpan KillStop { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>K of policy pause; more than P. A paused machine still holds its disks, so it ends here.</summary>
    public TimeSpan KillPause { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// w: time from the last feeding of the independent watchdog until the node is surely reset; 0 s to 10 min.
    /// </summary>
    public TimeSpan Watchdog { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>s: what the warden may be late by; at least 0.5 s.</summary>
    public TimeSpan Slack { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>r: how much the clocks of two machines may drift apart, as a part of 1; 0 to 0.1.</summary>
    public double Drift { get; init; } = 0.01;
}
