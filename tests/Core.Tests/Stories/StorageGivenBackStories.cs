using Havm.Core.Fencing;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;
using static Havm.Core.Tests.Stories.StorageFence;

namespace Havm.Core.Tests.Stories;

/// <summary>What was cut off from its storage, until it is given back (SAFETY 5.3).</summary>
public sealed class StorageGivenBackStories
{
    [Fact]
    public void It_is_given_back_to_another_boot_alone_and_nothing_that_needs_it_goes_there_before() => GivenBack();

    internal static Story GivenBack()
    {
        var (story, home) = Begin();
        Vanish(home);
        story.Until(() => story.IsElsewhere("a", home));

        ComeBack(story, home);
        story.Run(120);
        Assert.Equal(NodePhase.Up, story.PhaseOf(home));
        Assert.Contains(Way(1).Place, story.Refused);
        Assert.True(story.Node(home.Name.Value).LacksDatastore("store"));
        Assert.Equal(0, story.Sent<GiveStorage>(home));
        story.Refused.Clear();
        story.Until(() => story.Refused.Contains(Way(1).Place));

        story.Reboot(home);
        story.Until(() => story.Node(home.Name.Value).Cut is null);
        Assert.DoesNotContain(Way(1).Place, story.Refused);
        Assert.False(story.Node(home.Name.Value).LacksDatastore("store"));
        return story;
    }

    [Fact]
    public void Heard_again_before_storage_was_seen_to_refuse_it_it_keeps_what_it_runs_and_gets_its_storage_back()
    {
        var (story, home) = Begin();
        Vanish(home);
        story.Until(() => story.Sent<CutStorage>(home) > 0);

        ComeBack(story, home);
        story.Until(() => story.PhaseOf(home) == NodePhase.Up && story.Node(home.Name.Value).Cut is null);

        Assert.DoesNotContain(Way(1).Place, story.Refused);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void Where_fencing_only_observes_nobody_is_cut_off_and_what_was_is_given_back()
    {
        var (story, home) = Begin();
        Vanish(home);
        story.Until(() => story.IsElsewhere("a", home));
        Assert.Empty(story.Apply(
            StorySpecs.Of("default", new PolicySpec { Observe = [AutomationRule.Fencing] })).Errors);

        ComeBack(story, home);
        story.Reboot(home);
        story.Until(() => story.Node(home.Name.Value).Cut is null);

        story.Commands.Clear();
        Vanish(home);
        story.Run(120);
        Assert.Equal(0, story.Sent<CutStorage>(home));
    }

    [Fact]
    public void What_storage_took_for_one_cut_says_nothing_of_the_next()
    {
        var (story, home) = Begin();
        Vanish(home);
        story.Until(() => story.Sent<CutStorage>(home) > 0);
        ComeBack(story, home);
        story.Until(() => story.PhaseOf(home) == NodePhase.Up && story.Node(home.Name.Value).Cut is null);
        story.Run(60);
        story.Commands.Clear();

        Vanish(home);
        story.Until(() => story.Sent<CutStorage>(home) > 0);
        story.UnknownToStorage.Add(Way(1).Place);
        story.Run(120);

        Assert.Empty(story.Node(home.Name.Value).Cut!.Refusing);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void Once_it_is_given_back_nothing_is_proven_by_it_though_it_refuses_still()
    {
        var (story, home) = Begin();
        story.StorageKeepsRefusing = true;
        Vanish(home);
        story.Until(() => story.Sent<CutStorage>(home) > 0);
        ComeBack(story, home);
        story.Until(() => story.Sent<GiveStorage>(home) > 0);

        Vanish(home);
        story.Run(120);

        Assert.Equal(StorageCutState.GivingBack, story.Node(home.Name.Value).Cut!.State);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void A_way_that_was_mended_in_its_object_is_told_in_place_of_the_old_one()
    {
        var (story, home) = Begin();
        story.StorageKeepsRefusing = true;
        Vanish(home);
        story.Until(() => story.Sent<CutStorage>(home) > 0);
        ComeBack(story, home);
        story.Until(() => story.Sent<GiveStorage>(home) > 0);

        var mended = Way(1) with { CredentialsFile = "/etc/havm/storage" };
        var node = story.Ledger.Specs[$"Node/{home.Name}"];
        Assert.Empty(story.Apply(node with { Spec = (NodeSpec)node.Spec with { Fencing = [mended] } }).Errors);
        story.Run(5);
        story.StorageKeepsRefusing = false;
        story.Until(() => story.Node(home.Name.Value).Cut is null);

        Assert.Empty(story.Refused);
        Assert.Contains(story.Commands, sent => sent.Command is GiveStorage give && give.Method == mended);
    }

    [Fact]
    public void A_word_that_the_boot_is_dead_gives_nothing_back_before_there_is_another()
    {
        var (story, home) = Begin();
        Vanish(home);
        story.Until(() => story.IsElsewhere("a", home));

        var confirmed = story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann"));
        Assert.Empty(confirmed.Errors);
        story.Run(120);

        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        Assert.Contains(Way(1).Place, story.Refused);
        Assert.Equal(0, story.Sent<GiveStorage>(home));
    }

    [Fact]
    public void Who_lets_the_node_in_again_is_told_and_it_is_refused_once_more()
    {
        var (story, home) = Begin();
        Vanish(home);
        story.Until(() => story.IsElsewhere("a", home));
        story.Commands.Clear();

        story.Refused.Clear();
        story.Until(() => story.Refused.Contains(Way(1).Place));

        Assert.True(story.Sent<CutStorage>(home) > 0);
        Assert.Contains(story.Events, e => e.Reason.Code == "cutBroken");
        Assert.False(story.Happened("cutDoubted"));
    }

    /// <summary>Storage that says Off until it is asked again contradicts nobody who writes by then.</summary>
    [Fact]
    public void Who_is_let_in_again_and_writes_makes_nobody_doubt_the_storage_that_had_refused_it()
    {
        var (story, home) = Begin();
        home.Cut = true;
        story.Until(() => story.IsElsewhere("a", home), limit: 300);
        story.Run(20);

        home.Refused = false;
        story.Refused.Clear();
        story.Until(() => story.Happened("cutBroken"));
        story.Run(20);

        Assert.False(story.Happened("cutDoubted"));
    }

    [Fact]
    public void Whose_storage_refuses_it_is_not_forgotten_when_its_object_is_deleted()
    {
        var (story, home) = Begin();
        Vanish(home);
        story.Until(() => story.IsElsewhere("a", home));
        foreach (var bound in new[] { "diskless", "both", "a" })
        {
            story.Delete($"PlacementRule/home");
            story.Delete($"VirtualMachine/{bound}");
        }

        story.Delete($"Node/{home.Name}");
        story.Run(120);

        Assert.Equal(StorageCutState.Refusing, story.Node(home.Name.Value).Cut!.State);
    }
}
