using Havm.Core.Changes;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>Fence methods that state nothing, told with their reason before a node has to be fenced.</summary>
public sealed class SilentFenceStories
{
    private const string WrongPassword =
        "BMC of n2 at https://n2-bmc: it refuses the user or the password (HTTP 401); correct /secret";

    private const string Unreachable =
        "BMC of n2 at https://n2-bmc: no answer within 2 s; check its power, address and management network";

    [Fact]
    public void A_node_whose_BMC_answers_nothing_is_shown_before_it_has_to_be_fenced()
    {
        var (story, host) = Begin();
        host.Bmc = BmcMood.Dead;

        // It is looked at once a minute, and again 5 s after it stated nothing.
        var seconds = story.Until(() => !story.Node("n2").Ailments.IsEmpty, limit: 300);

        Assert.Equal((NodeAilmentKind.FenceSilent, ""), Only(story));
        Assert.InRange(seconds, 5, 67);
    }

    [Fact]
    public void A_wrong_password_of_the_only_BMC_is_told_with_the_remedy_and_over_once_it_is_right()
    {
        var (story, host) = Begin();
        (host.Bmc, host.BmcTrouble) = (BmcMood.Dead, WrongPassword);
        story.Until(() => !story.Node("n2").Ailments.IsEmpty, limit: 300);

        Assert.Equal((NodeAilmentKind.FenceSilent, ""), Only(story));
        Assert.Equal(
            $"no fence method states its power: it could not be fenced; {WrongPassword}", Told(story, "n2"));
        Assert.EndsWith(WrongPassword, story.Events.Last(e => e.Name == "ailmentBegan").Reason.Message);

        host.Bmc = BmcMood.Honest;
        story.Until(() => story.Node("n2").Ailments.IsEmpty, limit: 20);
    }

    [Fact]
    public void What_is_in_the_way_once_the_first_is_mended_takes_its_place_without_news()
    {
        var (story, host) = Begin();
        (host.Bmc, host.BmcTrouble) = (BmcMood.Dead, Unreachable);
        story.Until(() => !story.Node("n2").Ailments.IsEmpty, limit: 300);
        var since = story.Node("n2").Ailments[0].Since;
        var events = story.Events.Count(e => e.Name == "ailmentBegan");

        host.BmcTrouble = WrongPassword;
        story.Until(() => Told(story, "n2").EndsWith(WrongPassword, StringComparison.Ordinal), limit: 60);

        Assert.Equal((NodeAilmentKind.FenceSilent, ""), Only(story));
        Assert.Equal((since, events),
            (story.Node("n2").Ailments[0].Since, story.Events.Count(e => e.Name == "ailmentBegan")));
    }

    [Fact]
    public void A_BMC_that_fails_now_so_and_now_so_is_told_once()
    {
        var (story, host) = Begin();
        host.Bmc = BmcMood.Dead;
        for (var second = 0; second < 180; second++)
        {
            host.BmcTrouble = second / 5 % 2 == 0 ? WrongPassword : Unreachable;
            story.Run(1);
        }

        Assert.Equal(1, story.Events.Count(e => e.Name == "ailmentBegan"));
        Assert.InRange(story.Count<AilmentBegan>(), 1, 3);
    }

    [Fact]
    public void A_failure_of_a_moment_is_no_news()
    {
        var (story, host) = Begin();
        host.Bmc = BmcMood.Dead;
        story.Until(
            () => story.Cluster.HeardOf(host.Name).Rung(0).Power is [.., { State: PowerState.Unknown }], limit: 70);
        host.Bmc = BmcMood.Honest;
        story.Run(130);

        Assert.Empty(story.Node("n2").Ailments);
        Assert.False(story.Happened("ailmentBegan"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_of_two_methods_that_is_silent_is_told_by_its_place_and_the_other_still_fences(bool bmc)
    {
        var (story, host) = Begin();
        FencedNodes.GiveLadder(story, host, "n2-bmc");
        if (bmc)
        {
            (host.Bmc, host.BmcTrouble) = (BmcMood.Dead, WrongPassword);
        }
        else
        {
            story.SilentOutlets.Add(host.Name);
        }

        story.Until(() => !story.Node("n2").Ailments.IsEmpty, limit: 300);

        Assert.Equal(
            (NodeAilmentKind.FenceMethodSilent, bmc ? "https://n2-bmc" : "fence_pdu plug=n2"), Only(story));
        Assert.Contains("fencing would have to do without it", Told(story, "n2"));
        Assert.EndsWith(bmc ? WrongPassword : "no answer", Told(story, "n2"));
    }

    [Fact]
    public void Where_both_are_silent_each_is_told_and_that_it_could_not_be_fenced()
    {
        var (story, host) = Begin();
        FencedNodes.GiveLadder(story, host, "n2-bmc");
        (host.Bmc, host.BmcTrouble) = (BmcMood.Dead, WrongPassword);
        story.SilentOutlets.Add(host.Name);

        story.Until(() => story.Node("n2").Ailments.Length == 3, limit: 300);

        Assert.Equal(
            [NodeAilmentKind.FenceSilent, NodeAilmentKind.FenceMethodSilent, NodeAilmentKind.FenceMethodSilent],
            story.Node("n2").Ailments.Select(a => a.Kind));
        Assert.EndsWith($"{WrongPassword}; no answer", Told(story, "n2"));
        story.SilentOutlets.Clear();
        story.Until(() => story.Node("n2").Ailments.Length == 1, limit: 20);
        Assert.Equal((NodeAilmentKind.FenceMethodSilent, "https://n2-bmc"), Only(story));
    }

    private static (Story Story, SmallHost Host) Begin()
    {
        var story = Story.Of(3, 1).Run(2);
        return (story, story.Host("n2"));
    }

    private static (NodeAilmentKind Kind, string Of) Only(Story story)
    {
        var only = Assert.Single(story.Node("n2").Ailments);
        return (only.Kind, only.Of);
    }

    private static string Told(Story story, string node) => story.Node(node).Ailments[0].Message;
}
