using Havm.Core.Changes;
using Havm.Core.Fencing;
using Havm.Core.Records;
using Havm.Core.Recovery;
using Havm.Model;
using static Havm.Core.Tests.Stories.FencedNodes;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// A node is ours to power on only where an order of ours ended its boot, however the answers come in.
/// </summary>
public sealed class WhoSwitchedItOffStories
{
    private const double Boots = 30;

    [Fact]
    public void A_node_that_lost_its_power_by_itself_is_not_ours_to_switch_on_and_says_so()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.PowerOff();

        AssertLeftOff(story, home);
        Assert.Equal("notOurs", PowerOnDecider.Outlook(story.Node(home.Name.Value))!.Code);
    }

    [Fact]
    public void An_order_that_found_the_machine_off_already_did_not_switch_it_off_and_makes_it_not_ours()
    {
        var (story, home) = LostWithItsBmc();
        var order = story.Node(home.Name.Value).Fence!;
        story.Post(new PowerOffAnswered(home.Name, order.Id, PowerOffFate.FoundOff)).Step();
        home.Bmc = BmcMood.Honest;

        story.Until(() => story.PhaseOf(home) == NodePhase.Dead);
        story.Run(300);

        Assert.Equal(0, story.Sent<PowerOn>());
        Assert.Equal("notOurs", PowerOnDecider.Outlook(story.Node(home.Name.Value))!.Code);
    }

    [Fact]
    public void A_machine_that_a_person_confirmed_dead_is_left_to_that_person_though_its_BMC_had_taken_our_order()
    {
        var (story, home) = Hung(BmcMood.Lazy);
        story.Until(() => story.Node(home.Name.Value).Fence is { AnsweredAt: not null });
        home.Bmc = BmcMood.Dead;
        story.Run(5);
        home.PowerOff();

        Assert.Empty(story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann")).Errors);
        home.Bmc = BmcMood.Honest;
        AssertLeftOff(story, home);
        Assert.Equal("notOurs", PowerOnDecider.Outlook(story.Node(home.Name.Value))!.Code);
    }

    [Fact]
    public void A_machine_that_came_on_and_met_a_slow_power_off_order_of_ours_is_powered_on_again()
    {
        var (story, home) = Hung();
        story.Until(() => story.Node(home.Name.Value).Fence is not null);
        var order = story.Node(home.Name.Value).Fence!;
        story.Until(() => story.Sent<PowerOn>() > 0);
        home.Cut = true;
        story.Run(10);
        home.PowerOff();
        story.Post(new PowerOffAnswered(home.Name, order.Id, PowerOffFate.Taken));
        home.Cut = false;

        story.Until(() => story.PhaseOf(home) == NodePhase.Up, 120);

        Assert.Equal(2, story.Sent<PowerOn>());
    }

    [Fact]
    public void A_leader_that_takes_over_between_the_answer_and_the_proof_knows_whose_order_it_was()
    {
        var (story, home) = Hung(BmcMood.Lazy);
        story.Until(() => story.Node(home.Name.Value).Fence is { AnsweredAt: not null });
        home.PowerOff();

        story.RestartController();
        home.Bmc = BmcMood.Honest;

        story.Until(() => story.PhaseOf(home) == NodePhase.Up, Boots);
        Assert.Equal(1, story.Sent<PowerOn>());
    }

    [Fact]
    public void A_leader_that_takes_over_before_the_answer_came_powers_on_what_was_on_when_the_order_was_decided()
    {
        var (story, home) = Hung();
        story.Until(() => story.Last.Commands.Any(c => c is PowerOff));
        story.RestartController();
        home.PowerOff();

        story.Until(() => story.PhaseOf(home) == NodePhase.Up, Boots);

        Assert.Equal(1, story.Sent<PowerOn>());
    }

    [Fact]
    public void Off_long_after_an_order_of_a_leader_that_is_gone_is_not_taken_for_its_doing()
    {
        var (story, home) = Hung();
        story.Until(() => story.Last.Commands.Any(c => c is PowerOff));
        story.RestartController();
        home.Bmc = BmcMood.Dead;
        story.Run(FencingDecider.LeaderGone.TotalSeconds);
        home.PowerOff();
        home.Bmc = BmcMood.Honest;

        AssertLeftOff(story, home);
    }

    [Fact]
    public void A_machine_that_nobody_saw_on_when_it_was_ordered_off_is_not_the_next_leaders_to_switch_on()
    {
        var (story, home) = LostWithItsBmc();
        story.RestartController();
        home.Bmc = BmcMood.Honest;

        AssertLeftOff(story, home);
    }

    [Fact]
    public void A_BMC_that_obeys_and_whose_answer_is_lost_leaves_no_node_dark()
    {
        var (story, home) = Hung();
        home.LosesAnswers = true;

        story.Until(() => story.PhaseOf(home) == NodePhase.Dead);
        story.Until(() => story.PhaseOf(home) == NodePhase.Up, Boots);

        Assert.Equal(1, story.Sent<PowerOn>());
    }

    [Fact]
    public void A_BMC_that_refused_our_order_has_not_obeyed_it_when_its_node_goes_off()
    {
        var (story, home) = Hung(BmcMood.Dead);
        story.Until(() => story.Last.Commands.Any(c => c is PowerOff));
        story.Post(new PowerOffAnswered(
            home.Name, story.Node(home.Name.Value).Fence!.Id, PowerOffFate.Refused)).Step();
        home.PowerOff();
        home.Bmc = BmcMood.Honest;

        AssertLeftOff(story, home);
    }

    [Fact]
    public void An_answer_that_comes_after_the_proof_still_tells_who_did_it()
    {
        var story = AnsweredLate(out var home);

        story.Until(() => story.PhaseOf(home) == NodePhase.Up, Boots);

        Assert.Equal(1, story.Count<PowerOnDue>());
        Assert.Equal(1, story.Sent<PowerOn>());
    }

    [Fact]
    public void An_order_that_a_BMC_took_and_did_not_act_on_does_not_make_a_later_Off_ours()
    {
        var story = TakenInVain(out var home);
        story.Run(40);

        home.PowerOff();
        story.Run(200);

        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        Assert.Equal(0, story.Sent<PowerOn>());
    }

    [Fact]
    public void A_node_that_was_brought_back_and_is_switched_off_by_somebody_later_stays_off()
    {
        var (story, home) = Hung();
        story.Until(() => story.PhaseOf(home) == NodePhase.Dead);
        story.Until(() => story.PhaseOf(home) == NodePhase.Up, Boots);
        story.Run(40);

        home.PowerOff();
        story.Run(200);

        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        Assert.Equal(1, story.Sent<PowerOn>());
    }

    [Fact]
    public void A_standing_order_that_switches_off_a_fresh_boot_not_heard_yet_is_made_good()
    {
        var (story, home) = OrderedAsItBoots();

        story.Run(0.1);
        Assert.True(home.OffByOrder);
        home.Cut = false;
        story.Until(() => story.PhaseOf(home) == NodePhase.Up, Boots);

        Assert.Equal(new BootId($"{home.Name}-boot-3"), home.Boot);
        Assert.Equal(1, story.Sent<PowerOn>());
    }

    [Fact]
    public void A_fresh_boot_that_spoke_between_the_order_and_its_answer_is_powered_on_again_too()
    {
        var (story, home) = OrderedAsItBoots();

        home.Cut = false;
        story.Post(home.WardenBeat()).Run(0.1);
        Assert.True(home.OffByOrder);
        Assert.Equal(home.Boot, story.Node(home.Name.Value).Boot);
        Assert.Equal(NodePhase.Up, story.PhaseOf(home));

        story.Until(() => story.PhaseOf(home) == NodePhase.Dead);
        story.Until(() => story.PhaseOf(home) == NodePhase.Up, Boots);
        Assert.Equal(1, story.Sent<PowerOn>());
    }

    [Fact]
    public void A_fresh_boot_whose_last_word_comes_after_the_answer_is_powered_on_again_too()
    {
        var (story, home) = OrderedAsItBoots();
        var word = home.WardenBeat();
        home.Cut = false;
        story.Run(0.1);
        Assert.NotNull(story.Node(home.Name.Value).Fence!.AnsweredAt);

        story.Post(word).Run(0.1);
        Assert.Equal(home.Boot, story.Node(home.Name.Value).Boot);

        story.Until(() => story.PhaseOf(home) == NodePhase.Dead);
        story.Until(() => story.PhaseOf(home) == NodePhase.Up, Boots);
        Assert.Equal(1, story.Sent<PowerOn>());
    }

    [Fact]
    public void A_BMC_that_comes_back_before_its_node_leads_to_the_proof_and_the_node_joins_when_it_boots()
    {
        var (story, home) = LostWithItsBmc();
        home.Bmc = BmcMood.Honest;
        story.Until(() => story.PhaseOf(home) == NodePhase.Dead);

        story.Reboot(home);

        story.Until(() => story.PhaseOf(home) == NodePhase.Up);
        Assert.True(home.Powered);
    }

    private static void AssertLeftOff(Story story, SmallHost home)
    {
        story.Run(300);

        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        Assert.Equal(0, story.Sent<PowerOn>());
    }
}
