using Havm.Core.Changes;
using Havm.Core.Fencing;
using Havm.Core.Leases;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SAFETY 5.1 and 5: boots, new, old and haunting.</summary>
public sealed class BootStories
{
    [Fact]
    public void A_new_boot_proves_that_what_was_withdrawn_from_the_old_one_is_gone()
    {
        var story = Story.Of(3, 2, bmc: false).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.KillsSlowly = true;
        home.GivenUp.Add((new InstanceName("a"), new Generation(1)));
        home.Running.Clear();
        home.InventoryIncomplete = true;
        story.Until(() => story.SeatOf("a") is null);
        story.Run(5);
        Assert.NotEmpty(story.Instance("a").Unproven);

        home.PowerOff();
        story.Run(5);
        story.Reboot(home);
        story.Until(() => story.SeatOf("a") is not null, 15);

        Assert.Contains(story.Changes, c => c.Change is SeatProvenDead { Proof.Method: ProofMethod.NewBoot });
        Assert.Equal(2, story.SeatOf("a")!.Generation.Value);
    }

    [Fact]
    public void A_rebooted_node_takes_up_its_seats_again_at_the_same_generation()
    {
        var story = Story.Of(3, 2, bmc: false).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.PowerOff();
        story.Run(10);

        story.Reboot(home).Run(5);

        Assert.True(story.IsReady("a"));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        Assert.Equal(1, story.SeatOf("a")!.Generation.Value);
    }

    [Fact]
    public void Late_beats_of_an_old_stream_do_not_bring_the_old_boot_back()
    {
        var story = Story.Of(3, 2);
        var node = story.Host("n1");
        var late = node.WardenBeat();
        node.PowerOff();
        story.Run(5);
        story.Reboot(node).Run(2);

        story.Post(late).Run(2);

        Assert.Equal(node.Boot, story.Node("n1").Boot);
        Assert.Equal(NodePhase.Up, story.PhaseOf(node));
        Assert.DoesNotContain(story.Ledger.Incidents.Values, i => i.Kind == IncidentKind.DeadNodeSpoke);
    }

    [Fact]
    public void Another_machine_under_the_name_of_one_that_speaks_is_not_believed_and_gets_no_lease()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        var twin = home.WardenBeat() with { Boot = new BootId("twin"), Connection = 1000 };

        story.Post(twin).Run(3);

        Assert.NotEqual(new BootId("twin"), story.Node(home.Name.Value).Boot);
        Assert.False(BeatAnswer.To(story.Cluster, twin, story.Now).Lease);
        Assert.Null(BeatAnswer.To(story.Cluster, twin, story.Now).Goal);
    }

    [Fact]
    public void A_boot_that_was_proven_dead_and_speaks_gets_floors_and_no_lease_and_the_alarm_is_raised_once()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        home.Bmc = BmcMood.SaysOff;
        story.Until(() => story.IsElsewhere("a", home));
        Assert.NotEmpty(home.Running);

        home.Cut = false;
        story.Run(1.1);
        Assert.Empty(home.Running);
        story.Run(30);

        Assert.Equal(
            1, story.Changes.Count(c => c.Change is IncidentOpened { Draft.Kind: IncidentKind.DeadNodeSpoke }));
        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        var answer = BeatAnswer.To(story.Cluster, home.WardenBeat(), story.Now);
        Assert.False(answer.Lease);
        Assert.Empty(answer.Goal!.Seats);
        Assert.Contains(answer.Goal.Floors, f => f.Instance.Value == "a" && f.Generation.Value >= 1);
    }

    [Fact]
    public void A_past_boot_that_speaks_on_a_new_stream_is_a_ghost_and_the_node_is_judged_all_the_same()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        var ghost = home.WardenBeat() with { Connection = 1000 };
        home.PowerOff();
        story.Until(() => story.IsElsewhere("a", home));
        story.Reboot(home).Run(3);

        story.Post(ghost).Run(3);
        Assert.Equal(
            1, story.Changes.Count(c => c.Change is IncidentOpened { Draft.Kind: IncidentKind.DeadNodeSpoke }));
        Assert.False(BeatAnswer.To(story.Cluster, ghost, story.Now).Lease);

        home.PowerOff();
        story.Run(6);
        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
    }

    [Fact]
    public void The_last_sixteen_boots_are_remembered_as_past()
    {
        var story = Story.Of(1, 3);
        var node = story.Host("n1");
        for (var i = 0; i < 20; i++)
        {
            node.PowerOff();
            story.Run(3);
            story.Reboot(node).Run(2);
        }

        Assert.Equal(16, story.Node("n1").PastBoots.Length);
        Assert.Equal(new BootId("n1-boot-20"), story.Node("n1").PastBoots[^1]);
        Assert.Equal(new BootId("n1-boot-21"), story.Node("n1").Boot);
    }

    [Fact]
    public void Late_words_of_an_earlier_warden_do_not_arm_the_watchdog_again()
    {
        var story = Story.Of(3, 2, watchdog: WatchdogKind.Independent);
        var node = story.Host("n1");
        var late = node.WardenBeat();
        story.Reconnect(node);
        node.Armed = false;
        story.Run(2);
        Assert.False(story.Node("n1").WatchdogArmed);

        story.Post(late).Run(0.5);

        Assert.False(story.Node("n1").WatchdogArmed);
    }

    [Fact]
    public void A_node_that_is_removed_and_added_again_counts_its_goals_on()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        var before = story.Node(home.Name.Value).GoalRevision;
        Assert.Empty(story.Delete("VirtualMachine/a").Errors);
        story.Until(() => !story.Exists("a"));

        Assert.Empty(story.Delete($"Node/{home.Name}").Errors);
        story.Run(1);
        Assert.False(story.Ledger.Nodes.ContainsKey(home.Name));
        Assert.Empty(story.Apply(StorySpecs.Node(home.Name.Value, "r1")).Errors);
        story.Run(3);

        Assert.True(story.Node(home.Name.Value).GoalRevision > before);
        Assert.Equal(NodePhase.Up, story.PhaseOf(home));
    }
}
