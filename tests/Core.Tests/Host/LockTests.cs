using Havm.Core.Host.Goals;
using Havm.Model;

namespace Havm.Core.Tests.Host;

/// <summary>A host that a disk's lock has refused looks whether it is held still, and tells.</summary>
public sealed class LockTests
{
    private static readonly InstanceName Web = new("web");
    private static readonly FreeLock Free = new(Web, new Generation(1));

    private static Reason Locked => new("host", "diskLocked", "disk system is locked by another process");

    private static void Watch(HostStory story, long revision, params LockWatch[] watches) =>
        story.Take(new HostInput.ControllerSpoke("lab", "c1", new(1), 0, new Goal
        {
            Epoch = new(1), Revision = revision, Locks = [.. watches],
        }, null));

    [Fact]
    public void What_its_goal_has_it_watch_is_told_when_it_is_free_and_no_more_when_it_is_held_again()
    {
        var story = new HostStory { LocksHeld = { Web } };
        Watch(story, 1, new LockWatch(Web, new Generation(1), []));
        story.Pass(5);
        Assert.Empty(story.Report.FreeLocks);
        Assert.Equal(6, story.Count<HostEffect.ProbeLocks>());

        story.LocksHeld.Clear();
        story.Pass(1);
        Assert.Equal([Free], story.Report.FreeLocks);

        story.LocksHeld.Add(Web);
        story.Pass(1);
        Assert.Empty(story.Report.FreeLocks);
    }

    [Fact]
    public void What_need_not_be_watched_any_more_is_neither_looked_at_nor_told()
    {
        var story = new HostStory();
        Watch(story, 1, new LockWatch(Web, new Generation(1), []));
        Assert.Equal([Free], story.Report.FreeLocks);

        Watch(story, 2);
        Assert.Empty(story.Report.FreeLocks);
        var looked = story.Count<HostEffect.ProbeLocks>();
        story.Pass(5);
        Assert.Equal(looked, story.Count<HostEffect.ProbeLocks>());
    }

    [Fact]
    public void One_look_that_hangs_is_not_joined_by_another()
    {
        var story = new HostStory { Unanswered = { typeof(HostEffect.ProbeLocks) } };
        Watch(story, 1, new LockWatch(Web, new Generation(1), []));

        story.Pass(30);

        Assert.Equal(1, story.Count<HostEffect.ProbeLocks>());
        Assert.Empty(story.Report.FreeLocks);
    }

    [Fact]
    public void The_wait_for_the_next_try_in_place_ends_with_the_lock()
    {
        var story = new HostStory { StartTrouble = Locked, LocksHeld = { Web } };
        var patient = new RepairLimits { StartRetries = 9, StartDeadline = TimeSpan.FromSeconds(60) };
        story.Goal(1, [HostStory.Seat("web", repair: patient)]);

        // Tries at 0, 1, 3, 7, 15 and 31 s: the next one is half a minute away.
        story.Pass(32);
        Assert.Equal(6, story.Count<HostEffect.Start>());
        story.Pass(3);
        Assert.Equal(6, story.Count<HostEffect.Start>());

        story.StartTrouble = null;
        story.LocksHeld.Clear();
        story.Pass(2);

        Assert.Equal(MachinePhase.Running, story.Seen("web")!.Phase);
        Assert.Equal(7, story.Count<HostEffect.Start>());
    }

    [Fact]
    public void What_failed_for_another_reason_waits_its_time()
    {
        var story = new HostStory { StartTrouble = new Reason("host", "missingFile", "there is no such file") };
        var patient = new RepairLimits { StartRetries = 9, StartDeadline = TimeSpan.FromSeconds(60) };
        story.Goal(1, [HostStory.Seat("web", repair: patient)]);

        story.Pass(32);

        Assert.Equal(6, story.Count<HostEffect.Start>());
        Assert.Equal(0, story.Count<HostEffect.ProbeLocks>());
    }
}
