using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>What the goal and the node say about one instance.</summary>
/// <param name="Seat">The goal's seat; null when it has none.</param>
/// <param name="Floor">The highest withdrawn generation; null when none was.</param>
/// <param name="MayStart">
/// Goal and floors are durable, the whole node was seen, and there is room among the starts.
/// </param>
/// <param name="Armed">Automation is on: else nothing is started or stopped, but what was withdrawn is ended.</param>
internal readonly record struct GoalView(
    SeatGoal? Seat, Generation? Floor, bool MayStart, bool Armed);

/// <summary>
/// Goal x inventory -> the one next thing for an instance. An older generation is ended and verified before a newer one
/// is begun, because a record stays until its process is proven gone and only an idle record starts.
/// </summary>
internal static class GoalDiff
{
    public static (MachineEvent Due, string Why)? Decide(GoalView goal, MachineRecord machine, Instant now)
    {
        if (machine.Busy || machine.Step is MachineStep.Starting or MachineStep.Ending)
        {
            return null;
        }

        if (machine.MayHaveProcess && EndReason(goal, machine) is { } why)
        {
            return (MachineEvent.EndDue, why);
        }

        if (!goal.Armed || goal.Seat is not { } seat || seat.Generation != machine.Generation)
        {
            // To take it up is to look, not to act.
            return machine.Step == MachineStep.Unreachable && now >= machine.NotBefore
                && machine.Generation != Generation.None
                ? (MachineEvent.AdoptDue, "a process was found") : null;
        }

        return seat.Wanted switch
        {
            WantedState.Running => TowardsRunning(seat, goal.MayStart, machine, now),
            WantedState.Stopped => TowardsStopped(seat, machine, now),
            WantedState.Unmanaged => machine.Step == MachineStep.Unreachable && now >= machine.NotBefore
                ? (MachineEvent.AdoptDue, "a process was found") : null,
        };
    }

    private static string? EndReason(GoalView goal, MachineRecord machine)
    {
        if (machine.Generation <= goal.Floor)
        {
            return $"generation {machine.Generation} is withdrawn, the floor is {goal.Floor}";
        }

        if (!goal.Armed)
        {
            return null;
        }

        // Without a seat it may have been moved or started by hand: the controller adopts it, or raises the floor.
        return goal.Seat is not null && machine.Generation < goal.Seat.Generation
            ? $"generation {machine.Generation} is older than the goal's {goal.Seat.Generation}" : null;
    }

    private static (MachineEvent, string)? TowardsRunning(
        SeatGoal seat, bool mayStart, MachineRecord machine, Instant now)
    {
        var due = now >= machine.NotBefore;
        return machine.Step switch
        {
            MachineStep.Idle => due && mayStart ? (MachineEvent.StartDue, "the goal wants it running") : null,
            MachineStep.Held => due ? (MachineEvent.ReleaseDue, "it is made and held") : null,
            MachineStep.Unreachable => due ? (MachineEvent.AdoptDue, "a process was found") : null,
            MachineStep.Up => seat.RestartOrder > machine.RestartOrder
                ? (MachineEvent.StopDue, $"restart order {seat.RestartOrder}") : null,
            MachineStep.GaveUp => seat.RestartOrder > machine.RestartOrder
                ? (MachineEvent.TryAgainDue, $"restart order {seat.RestartOrder}") : null,
            MachineStep.Stopping => GraceOver(seat, machine, now),
            MachineStep.Starting or MachineStep.Releasing or MachineStep.Adopting or MachineStep.Ending => null,
        };
    }

    private static (MachineEvent, string)? TowardsStopped(
        SeatGoal seat, MachineRecord machine, Instant now) => machine.Step switch
    {
        MachineStep.Up => (MachineEvent.StopDue, "the goal wants it stopped"),
        MachineStep.Held => (MachineEvent.EndDue, "the goal wants it stopped, and it never ran"),
        MachineStep.Unreachable => (MachineEvent.EndDue, "the goal wants it stopped, and its monitor does not answer"),
        MachineStep.Stopping => GraceOver(seat, machine, now),
        MachineStep.GaveUp => (MachineEvent.TryAgainDue, "the goal wants it stopped, and it is"),
        MachineStep.Idle or MachineStep.Starting or MachineStep.Releasing or MachineStep.Adopting
            or MachineStep.Ending => null,
    };

    private static (MachineEvent, string)? GraceOver(SeatGoal seat, MachineRecord machine, Instant now) =>
        now >= machine.Since + seat.Grace ? (MachineEvent.EndDue, "its grace to shut down is over") : null;
}
