using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>
/// What guests are told ahead of. What is left of a notice comes with the goal and is counted on here, also through
/// lives of this agent. A guest that powers itself off meanwhile has answered it: nothing failed, and nothing is
/// repaired.
/// </summary>
public sealed partial class HostMachine
{
    /// <summary>
    /// A guest that went ahead of its plan is started here again when no controller has carried that out for so long.
    /// A leader that died is replaced well within it.
    /// </summary>
    private static readonly TimeSpan PlanWait = TimeSpan.FromSeconds(30);

    /// <summary>Until when a plan does not begin, as its guest was told.</summary>
    private readonly Dictionary<InstanceName, (string Id, Instant Until)> _notices = [];

    /// <summary>
    /// A goal was taken at <paramref name="from"/>, or sent again. What it says of a plan may leave it less time than
    /// its guest has been told, and never more.
    /// </summary>
    private void TakeNotices(Instant from, Goal goal)
    {
        var before = _notices.ToDictionary();
        _notices.Clear();
        foreach (var seat in goal.Seats)
        {
            if (seat.Notice is { } notice)
            {
                var until = from + notice.Left;
                _notices[seat.Machine.Instance] = (notice.Id,
                    before.TryGetValue(seat.Machine.Instance, out var known) && known.Id == notice.Id
                        && known.Until < until ? known.Until : until);
            }
        }
    }

    /// <summary>The seat as its guest is to hear it now.</summary>
    private SeatGoal WithTimeLeft(Instant now, SeatGoal seat) =>
        seat.Notice is { } notice && _notices.TryGetValue(seat.Machine.Instance, out var known)
            ? seat with
            {
                Notice = notice with { Left = known.Until > now ? known.Until - now : TimeSpan.Zero },
            }
            : seat;

    /// <summary>What is planned with it; null: nothing that its guest may have been told of.</summary>
    private GuestNotice? NoticeOf(MachineRecord machine) =>
        _goalSeats.GetValueOrDefault(machine.Instance) is { } seat && seat.Generation == machine.Generation
            ? seat.Notice : null;

    /// <summary>Its guest shut down on its notice: that approves the plan, which a controller goes on with.</summary>
    private void GoAhead(Moment at, MachineRecord machine, GuestNotice notice)
    {
        (machine.WentFor, machine.WentAt) = (notice.Id, at.Now);
        machine.Signs = machine.Signs with { Approved = notice.Id };
        machine.Reason = new Reason("watch", "wentAhead",
            $"{machine.Instance}: its guest shut down on its notice, which approves it: {notice.Why}");
        Tell(machine.Reason);
        Move(at, machine, MachineEvent.EndDue, "the guest has shut down on its notice");
    }

    /// <summary>The lease's end asked the guest to shut down: it answered that, and not its notice.</summary>
    private void WasNoAnswer(Moment at, MachineRecord machine)
    {
        machine.WentFor = null;
        machine.Signs = machine.Signs with { Approved = null };
        OpenTrouble(at, machine, new GuestTrouble(HostIncidentKind.LeaseEnd, "leaseEnd", "the lease's end ended it"));
    }

    /// <summary>It went ahead of its plan, and a controller may be about to carry that out.</summary>
    private bool AwaitsPlan(MachineRecord machine, Instant now) => machine.WentFor is { } id
        && NoticeOf(machine)?.Id == id && now - machine.WentAt < PlanWait;
}
