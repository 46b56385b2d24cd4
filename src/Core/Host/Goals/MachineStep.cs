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
        (MachineStep.Idle, MachineEvent.StartDue) => MachineStep.Starting,
        (_, MachineEvent.StartDue) => step,

        (MachineStep.Held, MachineEvent.ReleaseDue) => MachineStep.Releasing,
        (_, MachineEvent.ReleaseDue) => step,

        (MachineStep.Up, MachineEvent.StopDue) => MachineStep.Stopping,
        (_, MachineEvent.StopDue) => step,

        (MachineStep.Starting or MachineStep.Ending, MachineEvent.EndDue) => step,
        (_, MachineEvent.EndDue) => MachineStep.Ending,

        (MachineStep.Unreachable, MachineEvent.AdoptDue) => MachineStep.Adopting,
        (_, MachineEvent.AdoptDue) => step,

        (MachineStep.Idle, MachineEvent.GiveUpDue) => MachineStep.GaveUp,
        (_, MachineEvent.GiveUpDue) => step,

        (MachineStep.GaveUp, MachineEvent.TryAgainDue) => MachineStep.Idle,
        (_, MachineEvent.TryAgainDue) => step,

        (MachineStep.Starting, MachineEvent.Made) => MachineStep.Held,
        (_, MachineEvent.Made) => step,

        (MachineStep.Starting, MachineEvent.NotPermitted) => MachineStep.Idle,
        (_, MachineEvent.NotPermitted) => step,

        (MachineStep.Starting, MachineEvent.NotMade) => MachineStep.Ending,
        (_, MachineEvent.NotMade) => step,

        (MachineStep.Releasing, MachineEvent.Released) => MachineStep.Up,
        (_, MachineEvent.Released) => step,

        (MachineStep.Releasing, MachineEvent.NotReleased) => MachineStep.Held,
        (_, MachineEvent.NotReleased) => step,

        (MachineStep.Adopting, MachineEvent.Adopted) => MachineStep.Up,
        (_, MachineEvent.Adopted) => step,

        (MachineStep.Adopting, MachineEvent.AdoptedHeld) => MachineStep.Held,
        (_, MachineEvent.AdoptedHeld) => step,

        (MachineStep.Adopting, MachineEvent.NotAdopted) => MachineStep.Unreachable,
        (_, MachineEvent.NotAdopted) => step,

        (MachineStep.Idle or MachineStep.GaveUp or MachineStep.Starting or MachineStep.Ending, MachineEvent.Exited) =>
            step,
        (_, MachineEvent.Exited) => MachineStep.Ending,

        (MachineStep.Idle or MachineStep.GaveUp, MachineEvent.Found) => MachineStep.Unreachable,
        (_, MachineEvent.Found) => step,

        (MachineStep.Ending, MachineEvent.VerifiedGone) => MachineStep.Idle,
        (_, MachineEvent.VerifiedGone) => step,
    };
}
