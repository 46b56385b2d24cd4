using Havm.Core.Host.Goals;
using Havm.Core.Host.Watch;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>When a guest's memory is dumped before it is begun anew, and what a repair never waits for.</summary>
public sealed class DumpTests
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(MachineSignKind.Panic, true)]
    [InlineData(MachineSignKind.Watchdog, true)]
    [InlineData(MachineSignKind.GuestShutdown, false)]
    [InlineData(MachineSignKind.RoleGivenUp, false)]
    [InlineData(MachineSignKind.Exited, false)]
    public void A_guest_that_panicked_or_hung_is_dumped_and_no_other(MachineSignKind sign, bool dumped)
    {
        var story = Ready(Asked());

        story.Sign("web", sign);
        story.Pass(1);

        Assert.Equal(dumped ? Within : null, Assert.Single(story.Done.OfType<HostEffect.End>()).DumpWithin);
    }

    [Fact]
    public void A_guest_that_is_silent_and_idle_is_dumped_when_it_counts_as_hung()
    {
        var story = Ready(Asked());

        story.Pass(40);

        Assert.Equal(Within, Assert.Single(story.Done.OfType<HostEffect.End>()).DumpWithin);
    }

    [Fact]
    public void Where_nobody_asked_for_it_nothing_is_dumped()
    {
        var story = Ready(Seat("web"));

        story.Sign("web", MachineSignKind.Panic);

        Assert.Null(Assert.Single(story.Done.OfType<HostEffect.End>()).DumpWithin);
    }

    [Fact]
    public void An_end_that_the_warden_does_not_answer_is_tried_again_without_a_second_dump()
    {
        var story = Ready(Asked());
        story.WardenSilent = true;

        story.Sign("web", MachineSignKind.Panic);
        story.Pass(5);

        var tries = story.Done.OfType<HostEffect.End>().Select(end => end.DumpWithin).ToArray();
        Assert.True(tries.Length > 1, "the end was not tried again");
        Assert.Equal([Within, .. new TimeSpan?[tries.Length - 1]], tries);
    }

    [Fact]
    public void The_next_start_that_fails_has_a_dump_of_its_own()
    {
        var story = Ready(Asked());

        story.Sign("web", MachineSignKind.Panic);
        BecomeReady(story);
        story.Sign("web", MachineSignKind.Panic);

        Assert.Equal([Within, Within], story.Done.OfType<HostEffect.End>().Select(end => end.DumpWithin));
    }

    /// <summary>The life that held it has ended, and with it what it knew of the trouble.</summary>
    [Fact]
    public void What_an_earlier_life_of_the_agent_held_for_a_dump_goes_on_and_is_judged_anew()
    {
        var story = Ready(Asked());
        story.Sign("web", MachineSignKind.Held);
        story.Pass(3);
        var before = story.Count<HostEffect.Release>();

        story.Sign("web", MachineSignKind.HeldForDump);
        story.Pass(1);

        Assert.Equal(before + 1, story.Count<HostEffect.Release>());
        story.Sign("web", MachineSignKind.Running);
        story.Sign("web", MachineSignKind.Held);
        story.Pass(3);
        Assert.Equal(before + 1, story.Count<HostEffect.Release>());
    }

    [Fact]
    public void What_was_found_running_after_a_dump_is_not_let_go_on_when_somebody_holds_it_later()
    {
        var story = Ready(Asked());
        var before = story.Count<HostEffect.Release>();

        story.Sign("web", MachineSignKind.HeldForDump);
        story.Sign("web", MachineSignKind.Held);
        story.Pass(3);

        Assert.Equal(before, story.Count<HostEffect.Release>());
    }

    [Fact]
    public void Whoever_is_to_run_it_elsewhere_does_not_wait_for_a_dump()
    {
        var story = Ready(Asked());
        story.Unanswered.Add(typeof(HostEffect.End));
        story.Sign("web", MachineSignKind.GuestShutdown);
        story.Goal(2, [], [("web", 2)]);
        story.Sign("web", MachineSignKind.Panic);
        story.Pass(3);

        Assert.All(story.Done.OfType<HostEffect.End>(), end => Assert.Null(end.DumpWithin));
    }

    [Fact]
    public void Why_there_is_no_dump_is_told_in_the_incident_and_the_guest_is_begun_anew()
    {
        var story = Ready(Asked());
        story.DumpTrouble = "no dump of its memory: it was not complete within 20 s";

        story.Sign("web", MachineSignKind.Panic);

        var incident = Assert.Single(story.Report.Incidents);
        Assert.Equal(story.DumpTrouble, incident.NotKept);
        Assert.NotNull(incident.Kept);
        Assert.True(story.Processes.ContainsKey(new("web")), "it was not begun anew");
    }

    [Theory]
    [InlineData(1024, 1104, 10_000, null)]
    [InlineData(1024, 1000, 10_000, "evidenceMiB of this node allows 1000 MiB; raise it")]
    [InlineData(1024, 1104, 2128, null)]
    [InlineData(1024, 1104, 2127, "the disk has 2127 MiB free, of which 1 GiB must stay so")]
    [InlineData(1024, 1103, 10_000, "evidenceMiB of this node allows 1103 MiB; raise it")]
    public void None_is_begun_that_might_not_fit_into_the_budget_or_onto_the_disk(
        int memory, int budget, int free, string? refusal)
    {
        string? said = DumpRule.Refusal(Bytes.MiB(memory), Bytes.MiB(budget), Bytes.MiB(free), Bytes.GiB(1));

        Assert.Equal(refusal is null, said is null);
        Assert.EndsWith(refusal ?? "", said ?? "");
    }

    [Theory]
    [InlineData(256, 12)]
    [InlineData(20_479, 1023)]
    [InlineData(20_480, 1024)]
    [InlineData(1_000_000, 1024)]
    public void A_twentieth_of_the_disk_stays_free_and_1_GiB_at_most(int disk, int reserve) =>
        Assert.Equal(Bytes.MiB(reserve), DumpRule.Reserve(Bytes.MiB(disk)));

    private static SeatGoal Asked()
    {
        var seat = Seat("web");
        return seat with { Machine = seat.Machine with { DumpWithin = Within } };
    }

    private static HostStory Ready(SeatGoal seat)
    {
        var story = new HostStory();
        story.Goal(1, [seat]);
        BecomeReady(story);
        return story;
    }

    private static void BecomeReady(HostStory story)
    {
        story.Sign("web", MachineSignKind.Running);
        story.Sign("web", MachineSignKind.GuestBeat);
        story.Sign("web", MachineSignKind.GuestReady);
    }
}
