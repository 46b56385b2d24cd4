using static Havm.Core.Host.SelfFence.SeatEvent;
using static Havm.Core.Host.SelfFence.SeatPhase;

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
        (Pausing or Paused or Resuming, LeaseFresh) => Resuming,
        (Permitted or Running or Stopping or Ending or Ended, LeaseFresh) => phase,

        (Running or Resuming, PauseDue) => Pausing,
        (Permitted or Pausing or Paused or Stopping or Ending or Ended, PauseDue) => phase,

        (Running or Resuming, StopDue) => Stopping,
        (Permitted or Pausing or Paused or Stopping or Ending or Ended, StopDue) => phase,

        (Permitted or Running or Pausing or Paused or Resuming or Stopping or Ending or Ended, EndDue) => Ending,

        (Permitted or Running or Resuming, Released) => Running,
        (Pausing or Paused, Released) => Pausing,
        (Stopping or Ending or Ended, Released) => phase,

        (Pausing, SeatEvent.Held) => Paused,
        (Permitted or Running or Paused or Resuming or Stopping or Ending or Ended, SeatEvent.Held) => phase,

        (Ended, SeenAlive) => Ending,
        (Permitted or Running or Pausing or Paused or Resuming or Stopping or Ending, SeenAlive) => phase,

        (Running or Pausing or Paused or Resuming or Stopping, SeenGone) => Ended,
        (Permitted or Ending or Ended, SeenGone) => phase,

        (Ending, VerifiedEmpty) => Ended,
        (Permitted or Running or Pausing or Paused or Resuming or Stopping or Ended, VerifiedEmpty) => phase,
    };
}
