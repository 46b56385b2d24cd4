namespace Havm.Core.Host.SelfFence;

/// <summary>Where a seat stands for the warden. Nothing leads back from Ended but a new permit.</summary>
public enum SeatPhase
{
    /// <summary>A process may be made for it; its vCPUs were never let run.</summary>
    Permitted,

    /// <summary>Its vCPUs were let run.</summary>
    Running,

    /// <summary>The lease is old: its vCPUs are being held.</summary>
    Pausing,

    /// <summary>The lease is old: its vCPUs are held.</summary>
    Paused,

    /// <summary>The lease is fresh again: its vCPUs are being let run.</summary>
    Resuming,

    /// <summary>The lease is old: the guest was asked to shut down, which cannot be taken back.</summary>
    Stopping,

    /// <summary>Everything in its cgroup is being killed; not yet verified.</summary>
    Ending,

    /// <summary>Its cgroup was verified empty; whatever appears in it is killed.</summary>
    Ended,
}

/// <summary>What can happen to a seat.</summary>
public enum SeatEvent
{
    /// <summary>The lease is younger than P and the generation is above the floor.</summary>
    LeaseFresh,

    /// <summary>The lease reached P and the policy is pause.</summary>
    PauseDue,

    /// <summary>The lease reached P and the policy is stop.</summary>
    StopDue,

    /// <summary>The lease reached K, or the seat was withdrawn, or its end was ordered.</summary>
    EndDue,

    /// <summary>The monitor says that vCPUs run.</summary>
    Released,

    /// <summary>The monitor says that vCPUs are held.</summary>
    Held,

    /// <summary>There are processes in the cgroup.</summary>
    SeenAlive,

    /// <summary>There is no process in the cgroup.</summary>
    SeenGone,

    /// <summary>The kill is done and the cgroup was verified empty.</summary>
    VerifiedEmpty,
}

/// <summary>The one table of a seat's way.</summary>
public static class SeatTable
{
    public static SeatPhase Next(SeatPhase phase, SeatEvent happened) => (phase, happened) switch
    {
        (SeatPhase.Pausing or SeatPhase.Paused or SeatPhase.Resuming, SeatEvent.LeaseFresh) => SeatPhase.Resuming,
        (SeatPhase.Permitted or SeatPhase.Running or SeatPhase.Stopping or SeatPhase.Ending or SeatPhase.Ended,
            SeatEvent.LeaseFresh) => phase,

        (SeatPhase.Running or SeatPhase.Resuming, SeatEvent.PauseDue) => SeatPhase.Pausing,
        (SeatPhase.Permitted or SeatPhase.Pausing or SeatPhase.Paused or SeatPhase.Stopping or SeatPhase.Ending
            or SeatPhase.Ended, SeatEvent.PauseDue) => phase,

        (SeatPhase.Running or SeatPhase.Resuming, SeatEvent.StopDue) => SeatPhase.Stopping,
        (SeatPhase.Permitted or SeatPhase.Pausing or SeatPhase.Paused or SeatPhase.Stopping or SeatPhase.Ending
            or SeatPhase.Ended, SeatEvent.StopDue) => phase,

        (_, SeatEvent.EndDue) => SeatPhase.Ending,

        (SeatPhase.Permitted or SeatPhase.Running or SeatPhase.Resuming, SeatEvent.Released) => SeatPhase.Running,
        (SeatPhase.Pausing or SeatPhase.Paused, SeatEvent.Released) => SeatPhase.Pausing,
        (SeatPhase.Stopping or SeatPhase.Ending or SeatPhase.Ended, SeatEvent.Released) => phase,

        (SeatPhase.Pausing, SeatEvent.Held) => SeatPhase.Paused,
        (SeatPhase.Permitted or SeatPhase.Running or SeatPhase.Paused or SeatPhase.Resuming or SeatPhase.Stopping
            or SeatPhase.Ending or SeatPhase.Ended, SeatEvent.Held) => phase,

        (SeatPhase.Ended, SeatEvent.SeenAlive) => SeatPhase.Ending,
        (SeatPhase.Permitted or SeatPhase.Running or SeatPhase.Pausing or SeatPhase.Paused or SeatPhase.Resuming
            or SeatPhase.Stopping or SeatPhase.Ending, SeatEvent.SeenAlive) => phase,

        (SeatPhase.Running or SeatPhase.Pausing or SeatPhase.Paused or SeatPhase.Resuming or SeatPhase.Stopping,
            SeatEvent.SeenGone) => SeatPhase.Ended,
        (SeatPhase.Permitted or SeatPhase.Ending or SeatPhase.Ended, SeatEvent.SeenGone) => phase,

        (SeatPhase.Ending, SeatEvent.VerifiedEmpty) => SeatPhase.Ended,
        (SeatPhase.Permitted or SeatPhase.Running or SeatPhase.Pausing or SeatPhase.Paused or SeatPhase.Resuming
            or SeatPhase.Stopping or SeatPhase.Ended, SeatEvent.VerifiedEmpty) => phase,
    };
}
