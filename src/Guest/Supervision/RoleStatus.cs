using Havm.Wire.Guest;

namespace Havm.Guest.Supervision;

/// <summary>The supervised process between two steps. Times are on the guest's uptime clock.</summary>
/// <param name="Due">When the phase has something to do by itself; null: never.</param>
/// <param name="InRow">Restarts since the role was last ready for long enough.</param>
/// <param name="Restarts">All restarts in this boot.</param>
/// <param name="ExitCode">The last end's exit code.</param>
public sealed record RoleStatus(
    RolePhase Phase = RolePhase.Idle, TimeSpan? Due = null, int InRow = 0, int Restarts = 0, int? ExitCode = null)
{
    /// <summary>True while there is a process.</summary>
    public bool Lives => Phase is
        RolePhase.Starting or RolePhase.Ready or RolePhase.Restarting or RolePhase.Replacing or RolePhase.Ending;

    /// <summary>The status in the host's words.</summary>
    public RoleReport Report(string name) => new(name, State, Phase == RolePhase.Ready, Restarts, ExitCode);

    private RoleState State => Phase switch
    {
        RolePhase.Starting => RoleState.Starting,
        RolePhase.Ready => RoleState.Running,
        RolePhase.Restarting => RoleState.Unhealthy,
        RolePhase.Replacing or RolePhase.Ending => RoleState.Stopping,
        RolePhase.BackOff => RoleState.BackOff,
        RolePhase.Failed => RoleState.Failed,
        RolePhase.Idle or RolePhase.Ended => RoleState.Stopped,
    };
}
