using Havm.Core.Changes;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SAFETY 4: isolated has no network, partitioned has some; what follows is the same.</summary>
public sealed class ReachStories
{
    private const string Address = "10.1.0.7";

    private static readonly NetworkReach Nothing = new() { Silent = ["10.1.0.1"] };

    private static readonly NetworkReach Gateway = new() { Answering = ["10.1.0.1"] };

    /// <summary>The home of VM "a" hears nobody, and its datastore heartbeat goes on.</summary>
    private static Story CutOff(Action<Story, SmallHost>? reached = null, int cutOffAfter = 30)
    {
        var patience = new LivenessPolicy { CutOffAfter = TimeSpan.FromSeconds(cutOffAfter) };
        var story = Story.Of(3, 3).With(
            StorySpecs.Of("default", new PolicySpec { Liveness = patience }),
            StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");
        home.Address = Address;
        story.SharedStore = true;
        story.Run(2);
        reached?.Invoke(story, home);
        home.Cut = true;
        return story;
    }

    private static NodeVerdict? VerdictOf(Story story) => story.Node(story.Home("a").Name.Value).Verdict;

    [Fact]
    public void One_that_writes_that_it_reaches_an_isolation_address_is_partitioned()
    {
        var story = CutOff((_, home) => home.Reach = Gateway);

        story.Run(6);

        Assert.Equal(NodeVerdict.Partitioned, VerdictOf(story));
        var incident = story.OnlyIncident(IncidentKind.NodeCutOff);
        Assert.Equal("partitioned", incident.Decision.Code);
        Assert.Contains(incident.Decision.Evidence, e => e.Message.Contains("reaches isolation address 10.1.0.1"));
    }

    [Fact]
    public void One_that_writes_that_another_controller_answers_it_is_partitioned()
    {
        var story = CutOff((_, home) => home.Reach = new NetworkReach { Controllers = ["10.1.0.3:7771"] });

        story.Run(6);

        Assert.Equal(NodeVerdict.Partitioned, VerdictOf(story));
        Assert.Contains(story.OnlyIncident(IncidentKind.NodeCutOff).Decision.Evidence,
            e => e.Message.Contains("reaches controller 10.1.0.3:7771"));
    }

    [Fact]
    public void One_that_writes_that_it_reaches_nothing_is_isolated_and_its_word_is_evidence()
    {
        var story = CutOff((_, home) => home.Reach = Nothing);

        story.Run(6);

        Assert.Equal(NodeVerdict.Isolated, VerdictOf(story));
        var evidence = story.OnlyIncident(IncidentKind.NodeCutOff).Decision.Evidence;
        Assert.Contains(evidence, e => e.Message.Contains("reaches no controller and no isolation address"));
        Assert.Contains(evidence, e => e.Message == $"it answers nobody at {Address}");
    }

    [Fact]
    public void One_that_answers_a_neighbour_of_its_rack_is_partitioned()
    {
        var story = CutOff();
        var home = story.Home("a");
        var rack = story.Ledger.NodeSpecOf(home.Name)!.Rack;
        var neighbour = story.Hosts.Values.First(
            h => h != home && story.Ledger.NodeSpecOf(h.Name)!.Rack == rack).Name;
        home.EchoesTo.Add(neighbour);

        story.Run(6);

        Assert.Equal(NodeVerdict.Partitioned, VerdictOf(story));
        Assert.Contains(story.OnlyIncident(IncidentKind.NodeCutOff).Decision.Evidence,
            e => e.Message == $"{neighbour} reaches it at {Address}");
    }

    [Fact]
    public void Neighbours_of_its_rack_are_asked_and_one_of_another_rack_every_two_seconds_until_it_is_back()
    {
        var story = CutOff();
        var home = story.Home("a");

        story.Run(20);

        var racks = story.Commands.Select(c => c.Command).OfType<AskNode>()
            .Select(ask => story.Ledger.NodeSpecOf(ask.Reader)!.Rack)
            .Select(rack => rack == story.Ledger.NodeSpecOf(home.Name)!.Rack).ToList();
        Assert.InRange(racks.Count, 3 * 8, 3 * 10);
        Assert.Equal(racks.Count / 3, racks.Count(own => !own));

        home.Cut = false;
        story.Until(() => story.PhaseOf(home) == NodePhase.Up);
        var before = story.Sent<AskNode>();
        story.Run(10);
        Assert.Equal(before, story.Sent<AskNode>());
    }

    [Fact]
    public void The_verdict_follows_what_it_reaches_and_neither_hastens_nor_delays_the_fence()
    {
        var story = CutOff((_, home) => home.Reach = Gateway, cutOffAfter: 60);
        var home = story.Home("a");
        story.Run(10);
        Assert.Equal(NodeVerdict.Partitioned, VerdictOf(story));
        var events = story.Events.Count;

        home.Reach = Nothing;
        story.Run(20);
        Assert.Equal(NodeVerdict.Partitioned, VerdictOf(story));
        story.Run(8);
        Assert.Equal(NodeVerdict.Isolated, VerdictOf(story));

        home.Reach = Gateway;
        story.Run(4 + 59 - 38);
        Assert.Equal(NodeVerdict.Partitioned, VerdictOf(story));
        Assert.Equal(events, story.Events.Count);
        Assert.Equal(0, story.Sent<PowerOff>());

        story.Until(() => story.IsElsewhere("a", home), 10);
        Assert.True(story.Sent<PowerOff>(home) >= 1);
    }

    [Fact]
    public void What_comes_and_goes_is_some_network_and_the_verdict_stays()
    {
        var story = CutOff((_, home) => home.Reach = Gateway, cutOffAfter: 600);
        var home = story.Home("a");
        story.Run(10);
        var before = story.Count<NodeMoved>();

        for (var turn = 0; turn < 60; turn++)
        {
            home.Reach = turn % 3 == 0 ? Gateway : Nothing;
            story.Run(2);
        }

        Assert.Equal(NodeVerdict.Partitioned, VerdictOf(story));
        Assert.Equal(before, story.Count<NodeMoved>());
    }

    [Fact]
    public void What_it_wrote_just_before_it_was_cut_off_tells_nothing()
    {
        var story = CutOff((_, home) => home.Reach = Gateway);
        story.Run(2.3);

        story.Home("a").Reach = Nothing;
        story.Run(3);

        Assert.Equal(NodeVerdict.Isolated, VerdictOf(story));
        Assert.Equal("isolated", story.OnlyIncident(IncidentKind.NodeCutOff).Decision.Code);
    }

    [Fact]
    public void A_leader_that_never_heard_it_has_it_asked_for_where_it_was_heard_last()
    {
        var story = CutOff();
        var home = story.Home("a");
        story.Run(8);
        Assert.Equal(Address, story.Node(home.Name.Value).Address);
        Assert.Equal(NodeVerdict.Isolated, VerdictOf(story));

        home.EchoesTo.UnionWith(story.Hosts.Keys);
        story.RestartController();
        Assert.Null(story.Cluster.HeardOf(home.Name).Address);
        story.Until(() => VerdictOf(story) == NodeVerdict.Partitioned, 10);

        home.EchoesTo.Clear();
        story.Until(() => VerdictOf(story) == NodeVerdict.Isolated, 60);
    }

    [Fact]
    public void Another_address_that_it_is_heard_from_is_on_record_at_once_and_a_boot_keeps_it()
    {
        var story = CutOff();
        var home = story.Home("a");
        home.Cut = false;
        home.Address = "10.1.0.8";
        story.Run(1.2);
        Assert.Equal("10.1.0.8", story.Node(home.Name.Value).Address);

        home.Address = null;
        home.PowerOff();
        story.Run(3).Reboot(home);
        story.Until(() => story.Node(home.Name.Value).Boot == home.Boot);

        Assert.Equal("10.1.0.8", story.Node(home.Name.Value).Address);
    }

    [Fact]
    public void A_leader_that_never_heard_it_keeps_a_verdict_that_others_told_the_one_before()
    {
        var story = CutOff();
        var home = story.Home("a");
        home.EchoesTo.UnionWith(story.Hosts.Keys);
        story.Run(8);
        Assert.Equal(NodeVerdict.Partitioned, VerdictOf(story));

        story.RestartController();
        story.Run(10);

        Assert.Equal(NodeVerdict.Partitioned, VerdictOf(story));
    }

    [Fact]
    public void An_operators_word_is_not_taken_while_others_reach_it()
    {
        var story = CutOff((s, home) =>
        {
            s.SharedStore = false;
            home.Bmc = BmcMood.Dead;
            home.EchoesTo.UnionWith(s.Hosts.Keys);
        });
        var home = story.Home("a");
        story.Run(10);

        var answer = story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann"));
        Assert.Contains($"at {Address} a moment ago", Assert.Single(answer.Errors).Reason);

        home.EchoesTo.Clear();
        story.Run(30);
        Assert.Empty(story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann")).Errors);
    }

    [Fact]
    public void A_kernel_that_answers_makes_nothing_of_a_node_whose_heartbeat_stands_still_but_is_evidence()
    {
        var story = CutOff((s, home) =>
        {
            s.SharedStore = false;
            home.EchoesTo.UnionWith(s.Hosts.Keys);
        });
        var home = story.Home("a");
        story.Sighted(home, 6);

        story.Until(() => story.IsElsewhere("a", home));

        Assert.Contains(story.OnlyIncident(IncidentKind.NodeFailed).Decision.Evidence,
            e => e.Message.EndsWith($"reaches it at {Address}", StringComparison.Ordinal));
    }

    [Fact]
    public void An_isolation_address_that_answers_nobody_is_told_with_those_it_does_not_answer()
    {
        var story = Story.Of(3, 1).With(StorySpecs.Of("default", new PolicySpec
        {
            Liveness = new LivenessPolicy { IsolationAddresses = ["10.1.0.1", "10.1.0.2"] },
        }));
        foreach (var host in story.Hosts.Values)
        {
            host.Reach = new NetworkReach { Answering = ["10.1.0.1"], Silent = ["10.1.0.2"] };
        }

        story.Run(2);

        var silent = Assert.Single(SilentAddress.In(story.Cluster));
        Assert.Equal(("10.1.0.2", 3, 3), (silent.Address, silent.Nodes.Length, silent.Asking));
    }
}
