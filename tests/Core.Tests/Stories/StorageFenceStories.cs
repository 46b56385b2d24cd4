using Havm.Core.Fencing;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;
using static Havm.Core.Tests.Stories.StorageFence;

namespace Havm.Core.Tests.Stories;

/// <summary>Storage that refuses the old writer, where no power could be proven off (SAFETY 5.3).</summary>
public sealed class StorageFenceStories
{
    [Fact]
    public void What_has_all_its_disks_on_storage_that_refuses_its_node_is_free_and_the_node_stays_lost()
    {
        var (story, home) = Begin();
        Vanish(home);

        story.Until(() => story.IsElsewhere("a", home));

        Assert.Contains(Way(1).Place, story.Refused);
        Assert.Equal(NodePhase.Lost, story.PhaseOf(home));
        Assert.Contains(story.Last.Changes, c => c is Changes.SeatProvenDead { Proof.Method: ProofMethod.Storage });
        Assert.Contains(
            story.Ledger.Incidents.Values, i => i.Proof?.Code == "provenByStorage" && i.FencedAt is not null);
    }

    [Fact]
    public void What_has_no_disk_there_is_bound_to_its_node_as_before()
    {
        var (story, home) = Begin();
        Vanish(home);

        story.Until(() => story.IsElsewhere("a", home));
        story.Run(300);

        Assert.Equal(home.Name, story.SeatOf("diskless")!.Node);
        Assert.Equal(home.Name, story.SeatOf("both")!.Node);
    }

    [Fact]
    public void Nobody_is_cut_off_for_what_that_would_not_free()
    {
        var (story, home) = Begin();
        Assert.Empty(story.Delete("PlacementRule/home").Errors);
        Assert.Empty(story.Delete("VirtualMachine/a").Errors);
        story.Until(() => !story.Exists("a"));
        Vanish(home);

        story.Run(120);

        Assert.Equal(0, story.Sent<CutStorage>(home));
    }

    [Fact]
    public void Power_has_its_time_first_and_a_proof_by_it_needs_no_storage()
    {
        var (story, home) = Begin(bmc: true);
        Vanish(home);

        story.Until(() => story.IsElsewhere("a", home));

        Assert.Equal(0, story.Sent<CutStorage>(home));
        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
    }

    [Fact]
    public void A_BMC_that_answers_nothing_leads_to_storage_once_its_tries_are_over()
    {
        var (story, home) = Begin(bmc: true);
        home.Bmc = BmcMood.Dead;
        Vanish(home);

        var seconds = story.Until(() => story.IsElsewhere("a", home));

        Assert.InRange(story.Sent<PowerOff>(home), 2, 3);
        Assert.InRange(seconds, 14, 30);
        Assert.Equal(NodePhase.Lost, story.PhaseOf(home));
    }

    [Fact]
    public void Storage_that_never_took_the_nodes_writes_says_nothing_when_it_says_Off()
    {
        var (story, home) = Begin();
        story.UnknownToStorage.Add(Way(1).Place);
        story.RestartController();
        story.Run(5);
        Vanish(home);

        story.Run(120);

        Assert.Equal(0, story.Sent<CutStorage>(home));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void Storage_that_lost_its_registration_before_the_order_arrived_proves_nothing()
    {
        var (story, home) = Begin();
        Vanish(home);
        story.Until(() => story.Sent<CutStorage>(home) > 0);
        story.UnknownToStorage.Add(Way(1).Place);

        story.Run(120);

        Assert.Empty(story.Node(home.Name.Value).Cut!.Refusing);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void An_order_whose_answer_is_lost_proves_nothing_though_storage_says_Off()
    {
        var (story, home) = Begin();
        story.StorageLosesAnswers = true;
        Vanish(home);

        story.Run(120);

        Assert.Contains(Way(1).Place, story.Refused);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void An_order_that_storage_did_not_follow_proves_nothing_and_is_given_again()
    {
        var (story, home) = Begin();
        story.StorageIsDeaf = true;
        Vanish(home);

        story.Run(120);

        Assert.InRange(story.Sent<CutStorage>(home), 3, 24);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        story.StorageIsDeaf = false;
        story.Until(() => story.IsElsewhere("a", home));
    }

    [Fact]
    public void A_new_leader_goes_on_with_what_was_told()
    {
        var (story, home) = Begin();
        story.StorageIsDeaf = true;
        Vanish(home);
        story.Until(() => story.Sent<CutStorage>(home) > 0);

        story.RestartController();
        story.StorageIsDeaf = false;
        story.Until(() => story.IsElsewhere("a", home), limit: 120);

        Assert.Equal(NodePhase.Lost, story.PhaseOf(home));
    }

    [Fact]
    public void Frozen_nobody_is_cut_off()
    {
        var (story, home) = Begin();
        story.Order(id => new DisarmOrder(id, AutomationMode.Freeze, TimeSpan.FromMinutes(10), "ann"));
        story.Run(5);
        Vanish(home);

        story.Run(120);

        Assert.Equal(0, story.Sent<CutStorage>(home));
    }

    [Fact]
    public void What_is_taken_by_a_second_way_is_not_refused_by_the_first()
    {
        var (story, home) = Begin(ways: 2);
        story.SilentStorage.Add(Way(2).Place);
        story.RestartController();
        story.Run(40);
        Vanish(home);

        story.Run(120);
        Assert.Equal(0, story.Sent<CutStorage>(home));

        story.SilentStorage.Clear();
        story.Until(() => story.IsElsewhere("a", home));
        Assert.Equal([Way(1).Place, Way(2).Place], story.Refused.Order());
    }

    [Fact]
    public void A_way_that_its_object_names_since_is_open_and_nothing_is_proven()
    {
        var (story, home) = Begin();
        story.StorageIsDeaf = true;
        Vanish(home);
        story.Until(() => story.Sent<CutStorage>(home) > 0);
        var node = story.Ledger.Specs[$"Node/{home.Name}"];
        Assert.Empty(story.Apply(node with
        {
            Spec = (NodeSpec)node.Spec with { Fencing = [Way(1), Way(2)] },
        }).Errors);
        story.StorageIsDeaf = false;

        story.Run(120);

        Assert.Contains(Way(1).Place, story.Refused);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void Storage_that_refuses_somebody_else_is_shown_by_the_heartbeat_that_goes_on_there()
    {
        var (story, home) = HitsAnother();

        Assert.Contains(Way(1).Place, story.Refused);
        Assert.Empty(story.Node(home.Name.Value).Cut!.Refusing);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        Assert.True(story.Happened("cutDoubted"));
    }

    internal static (Story Story, SmallHost Home) HitsAnother()
    {
        var (story, home) = Begin();
        story.StorageHitsAnother = true;
        home.Cut = true;
        story.Until(() => story.Node(home.Name.Value).Cut is { Taken.IsEmpty: false }, limit: 120);
        return (story.Run(120), home);
    }

    [Fact]
    public void Guests_that_answer_on_their_own_network_hold_it_as_they_hold_a_power_order()
    {
        var (story, home) = Begin();
        story.GuestsPass = true;
        home.Cut = true;

        story.Run(300);

        Assert.Equal(NodeVerdict.Isolated, story.Node(home.Name.Value).Verdict);
        Assert.Equal(0, story.Sent<CutStorage>(home));
        story.GuestsPass = false;
        story.Until(() => story.IsElsewhere("a", home), limit: 300);
    }
}
