using Havm.Core.Host.Goals;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>Repair in place that only observes: said by the host, and not done.</summary>
public sealed class ObservedRepairTests
{
    private static SeatGoal Observed(bool only, long restartOrder = 0)
    {
        var seat = Seat("web");
        return seat with
        {
            RestartOrder = restartOrder,
            Machine = seat.Machine with { Repair = seat.Machine.Repair with { ObserveOnly = only } },
        };
    }

    private static HostStory Ready()
    {
        var story = new HostStory();
        story.Goal(1, [Observed(only: true)]);
        story.Sign("web", MachineSignKind.Running);
        story.Sign("web", MachineSignKind.GuestBeat);
        story.Sign("web", MachineSignKind.GuestReady);
        return story;
    }

    [Fact]
    public void A_guest_that_panicked_is_left_as_it_is_and_restarted_once_repair_acts()
    {
        var story = Ready();

        story.Sign("web", MachineSignKind.Panic);
        story.Pass(30);
        Assert.Equal(1, story.Count<HostEffect.Start>());
        Assert.Equal(0, story.Count<HostEffect.End>());
        Assert.Contains("only observes", Assert.Single(story.Report.Instances).Reason!.Message);

        story.Goal(2, [Observed(only: false)]);
        story.Pass(3);
        Assert.Equal(2, story.Count<HostEffect.Start>());
    }

    [Fact]
    public void A_guest_whose_process_ended_stays_down_until_repair_acts()
    {
        var story = Ready();

        story.Exit("web");
        story.Pass(30);
        Assert.Equal(1, story.Count<HostEffect.Start>());
        Assert.Contains("does not only observe", Assert.Single(story.Report.Incidents).Decision.Message);

        story.Goal(2, [Observed(only: false)]);
        story.Pass(3);
        Assert.Equal(2, story.Count<HostEffect.Start>());
    }

    [Fact]
    public void An_order_to_restart_starts_what_ended_also_while_repair_observes()
    {
        var story = Ready();
        story.Exit("web");
        story.Pass(30);

        story.Goal(2, [Observed(only: true, restartOrder: 1)]);
        story.Pass(3);

        Assert.Equal(2, story.Count<HostEffect.Start>());
    }
}
