using Havm.Wire.Guest;
using static Havm.Guest.Supervision.RoleEvent;
using static Havm.Guest.Supervision.RolePhase;

namespace Havm.Guest.Supervision;

/// <summary>A step's outcome: the new status, and the one thing to do to the process.</summary>
public readonly record struct RoleStep(RoleStatus Status, RoleAction Action = RoleAction.None);

/// <summary>
/// Supervision of one process. A process that ends, or that its probe finds ill, is started again after a wait from
/// the restart rule until the rule's limit; one that was told to end and does not is killed when its grace is over.
/// </summary>
/// <param name="Restart">The restart rule in force.</param>
/// <param name="Grace">Time between the request to end and the kill.</param>
public readonly record struct RoleMachine(RestartSpec Restart, TimeSpan Grace)
{
    /// <summary>The status after an event at a time.</summary>
    public RoleStep Step(RoleStatus status, RoleEvent what, TimeSpan now) => (status.Phase, what) switch
    {
        (Idle or BackOff or Failed or Ended, Start) => Spawn(status with { InRow = 0 }),
        (Starting or Ready, Start) => Terminate(status, Replacing, now),
        (Restarting or Replacing or Ending, Start) => new(status with { Phase = Replacing }),

        (Starting or Ready, End) => Terminate(status, Ending, now),
        (Restarting or Replacing or Ending, End) => Terminate(status, Ending, now),
        (Idle or BackOff or Failed or Ended, End) => new(status with { Phase = Ended, Due = null }),

        (Starting or Ready or Restarting, Exited) => RestartOrFail(status, now),
        (Replacing, Exited) => Spawn(status with { InRow = 0 }),
        (Ending, Exited) => new(status with { Phase = Ended, Due = null }),
        (Idle or BackOff or Failed or Ended, Exited) => new(status),

        (Starting, Passed) => new(status with { Phase = Ready, Due = now + RestartRule.StableAfter(Restart) }),
        (Starting or Ready, Unhealthy) => Terminate(status, Restarting, now),
        (Ready or Restarting or Replacing or Ending or Idle or BackOff or Failed or Ended, Passed) => new(status),
        (Restarting or Replacing or Ending or Idle or BackOff or Failed or Ended, Unhealthy) => new(status),

        (BackOff, Due) => Spawn(status with { InRow = status.InRow + 1, Restarts = status.Restarts + 1 }),
        (Restarting or Replacing or Ending, Due) => new(status with { Due = null }, RoleAction.Kill),
        (Ready, Due) => new(status with { InRow = 0, Due = null }),
        (Starting or Idle or Failed or Ended, Due) => new(status with { Due = null }),
    };

    private RoleStep Terminate(RoleStatus status, RolePhase phase, TimeSpan now) =>
        new(status with { Phase = phase, Due = now + Grace }, RoleAction.Terminate);

    private RoleStep RestartOrFail(RoleStatus status, TimeSpan now) =>
        RestartRule.Wait(Restart, status.InRow) is { } wait
            ? new(status with { Phase = BackOff, Due = now + wait })
            : new(status with { Phase = Failed, Due = null });

    private static RoleStep Spawn(RoleStatus status) =>
        new(status with { Phase = Starting, Due = null }, RoleAction.Spawn);
}
