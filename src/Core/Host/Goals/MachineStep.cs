using static Havm.Core.Host.Goals.MachineEvent;
using static Havm.Core.Host.Goals.MachineStep;

namespace Havm.Core.Host.Goals;

/// <summary>Where the agent stands with one machine.</summary>
public enum MachineStep
{
    /// <summary>No process, and that is verified; nothing is under way.</summary>
    Idle,

    /// <summary>
    /// The permit was asked for and the process is being made; nothing else is done until that is over.
    /// </summary>
    Starting,

    /// <summary>The process is there, its vCPUs were never let run.</summary>
    Held,

    /// <summary>The warden was asked to let the vCPUs run.</summary>
    Releasing,

    /// <summary>The vCPUs were let run; the guest is watched.</summary>
    Up,

    /// <summary>A process that was found is being taken up.</summary>
    Adopting,

    /// <summary>The process is there and its monitor does not answer; taking it up is tried again.</summary>
    Unreachable,

    /// <summary>The guest was asked to shut down and has its grace.</summary>
    Stopping,

    /// <summary>The warden was asked to kill what is left and to verify that nothing is.</summary>
    Ending,

    /// <summary>No process, verified; the host may not or cannot try again by itself.</summary>
    GaveUp,
}

/// <summary>What happens to a machine.</summary>
public enum MachineEvent
{
    /// <summary>GoalDiff wants a process.</summary>
    StartDue,

    /// <summary>GoalDiff wants the vCPUs to run.</summary>
    ReleaseDue,

    /// <summary>GoalDiff wants the guest to shut down.</summary>
    StopDue,

    /// <summary>It must end now: withdrawn, out of grace, or broken.</summary>
    EndDue,

    /// <summary>Taking it up is due.</summary>
    AdoptDue,

    /// <summary>It may not be tried again.</summary>
    GiveUpDue,

    /// <summary>The goal changed so that it may be tried again.</summary>
    TryAgainDue,

    /// <summary>The process is there, held.</summary>
    Made,

    /// <summary>The warden refused the permit: there is no process.</summary>
    NotPermitted,

    /// <summary>Making the process failed, perhaps half-way.</summary>
    NotMade,

    Released,

    NotReleased,

    Adopted,

    /// <summary>Taken up, and the warden never let its vCPUs run.</summary>
    AdoptedHeld,

    NotAdopted,

    /// <summary>The process said its last, or the inventory lacks it; what is left must still be verified.</summary>
    Exited,

    /// <summary>A process was found where none was known.</summary>
    Found,

    /// <summary>The warden verified that nothing is left.</summary>
    VerifiedGone,
}

/// <summary>
/// The one table of a machine's way on its host. Only VerifiedGone leads to Idle from where a process may be.
/// </summary>
public static class MachineTable
{
    public static MachineStep Next(MachineStep step, MachineEvent happened) => (step, happened) switch
    {
        (Idle, StartDue) => Starting,
        (Starting or MachineStep.Held or Releasing or Up or Adopting or Unreachable or Stopping or Ending or GaveUp,
            StartDue) => step,

        (MachineStep.Held, ReleaseDue) => Releasing,
        (Idle or Starting or Releasing or Up or Adopting or Unreachable or Stopping or Ending or GaveUp,
            ReleaseDue) => step,

        (Up, StopDue) => Stopping,
        (Idle or Starting or MachineStep.Held or Releasing or Adopting or Unreachable or Stopping or Ending or GaveUp,
            StopDue) => step,

        (Idle or MachineStep.Held or Releasing or Up or Adopting or Unreachable or Stopping or GaveUp,
            EndDue) => Ending,
        (Starting or Ending, EndDue) => step,

        (Unreachable, AdoptDue) => Adopting,
        (Idle or Starting or MachineStep.Held or Releasing or Up or Adopting or Stopping or Ending or GaveUp,
            AdoptDue) => step,

        (Idle, GiveUpDue) => GaveUp,
        (Starting or MachineStep.Held or Releasing or Up or Adopting or Unreachable or Stopping or Ending or GaveUp,
            GiveUpDue) => step,

        (GaveUp, TryAgainDue) => Idle,
        (Idle or Starting or MachineStep.Held or Releasing or Up or Adopting or Unreachable or Stopping or Ending,
            TryAgainDue) => step,

        (Starting, Made) => MachineStep.Held,
        (Idle or MachineStep.Held or Releasing or Up or Adopting or Unreachable or Stopping or Ending or GaveUp,
            Made) => step,
        (Starting, NotPermitted) => Idle,
        (Idle or MachineStep.Held or Releasing or Up or Adopting or Unreachable or Stopping or Ending or GaveUp,
            NotPermitted) => step,
        (Starting, NotMade) => Ending,
        (Idle or MachineStep.Held or Releasing or Up or Adopting or Unreachable or Stopping or Ending or GaveUp,
            NotMade) => step,

        (Releasing, Released) => Up,
        (Idle or Starting or MachineStep.Held or Up or Adopting or Unreachable or Stopping or Ending or GaveUp,
            Released) => step,
        (Releasing, NotReleased) => MachineStep.Held,
        (Idle or Starting or MachineStep.Held or Up or Adopting or Unreachable or Stopping or Ending or GaveUp,
            NotReleased) => step,

        (Adopting, Adopted) => Up,
        (Idle or Starting or MachineStep.Held or Releasing or Up or Unreachable or Stopping or Ending or GaveUp,
            Adopted) => step,
        (Adopting, AdoptedHeld) => MachineStep.Held,
        (Idle or Starting or MachineStep.Held or Releasing or Up or Unreachable or Stopping or Ending or GaveUp,
            AdoptedHeld) => step,
        (Adopting, NotAdopted) => Unreachable,
        (Idle or Starting or MachineStep.Held or Releasing or Up or Unreachable or Stopping or Ending or GaveUp,
            NotAdopted) => step,

        (MachineStep.Held or Releasing or Up or Adopting or Unreachable or Stopping, Exited) => Ending,
        (Idle or Starting or Ending or GaveUp, Exited) => step,

        (Idle or GaveUp, Found) => Unreachable,
        (Starting or MachineStep.Held or Releasing or Up or Adopting or Unreachable or Stopping or Ending,
            Found) => step,

        (Ending, VerifiedGone) => Idle,
        (Idle or Starting or MachineStep.Held or Releasing or Up or Adopting or Unreachable or Stopping or GaveUp,
            VerifiedGone) => step,
    };
}
