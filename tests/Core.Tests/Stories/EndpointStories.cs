using Havm.Core.Changes;
using Havm.Core.Leases;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// SPEC 4, row 1: who does not answer its load balancer is out of rotation, on record and told; it climbs the ladder at
/// the limit. The balancer itself is the first suspect.
/// </summary>
public sealed class EndpointStories
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void Who_answers_wrongly_is_on_record_its_guest_is_told_and_it_is_let_off_when_it_is_back()
    {
        var story = RotationStories.Behind(3);

        story.Endpoints["shop-web-1"] = Endpoint.Wrong;
        story.Until(() => story.Instance("shop-web-1").Endpoint is not null, limit: 2);

        var incident = story.OnlyIncident(IncidentKind.EndpointDown);
        Assert.Contains("L7STS 500", incident.Decision.Message);
        Assert.Equal("L7STS 500", Told(story, "shop-web-1").EndpointTrouble);
        Assert.Null(Told(story, "shop-web-0").EndpointTrouble);

        story.Endpoints.Clear();
        story.Until(() => story.Instance("shop-web-1").Endpoint is null, limit: 2);
        story.Run(1);
        Assert.Null(Told(story, "shop-web-1").EndpointTrouble);
        Assert.Equal("in rotation again", story.OnlyIncident(IncidentKind.EndpointDown).Outcome);
        Assert.Equal(0, story.Count<EndpointEscalated>());
    }

    [Fact]
    public void At_the_limit_the_role_is_restarted_then_the_machine_and_then_it_moves_and_never_more()
    {
        var story = RotationStories.Behind(3, Limit);
        story.Apply(WithProgram(3));
        story.Run(2);
        var home = story.Home("shop-web-1");

        story.Endpoints["shop-web-1"] = Endpoint.Wrong;

        Assert.InRange(story.Until(() => Rung(story) == EndpointRung.RoleRestarted), 60, 64);
        Assert.Equal((1L, 0L), (Told(story, "shop-web-1").RoleRestarts, Told(story, "shop-web-1").RestartOrder));
        Assert.InRange(story.Until(() => Rung(story) == EndpointRung.Reset), 59, 62);
        Assert.Equal((1L, 1L), (Told(story, "shop-web-1").RoleRestarts, Told(story, "shop-web-1").RestartOrder));
        Assert.Equal(home, story.Home("shop-web-1"));
        story.Until(() => Rung(story) == EndpointRung.Moved, limit: 150);
        story.Until(() => story.IsElsewhere("shop-web-1", home) && story.IsReady("shop-web-1"));

        story.Run(300);
        Assert.Equal(3, story.Count<EndpointEscalated>());
        Assert.Equal(1, story.Count<MoveBegun>());
        Assert.True(story.OnlyIncident(IncidentKind.EndpointDown).Open);
    }

    [Fact]
    public void A_rung_that_is_skipped_says_why()
    {
        var story = RotationStories.Behind(3, Limit);

        story.Endpoints["shop-web-1"] = Endpoint.Wrong;
        story.Until(() => Rung(story) == EndpointRung.Reset);

        Assert.Contains("no role that could be restarted", story.Instance("shop-web-1").Endpoint!.Why.Message);
    }

    [Fact]
    public void Without_a_limit_it_stays_out_and_nothing_is_done()
    {
        var story = RotationStories.Behind(3, Limit);
        var spec = story.Ledger.Find<LoadBalancerSpec>("LoadBalancer", "front")!;
        story.Apply(StorySpecs.Of("front", spec with { Limit = null }));

        story.Endpoints["shop-web-1"] = Endpoint.Wrong;
        story.Run(600);

        Assert.Equal(EndpointRung.Told, Rung(story));
        Assert.Equal(0, story.Count<EndpointEscalated>());
    }

    [Fact]
    public void A_balancer_that_is_lost_freezes_its_verdicts_and_nobody_is_touched()
    {
        var story = RotationStories.Behind(3, Limit);
        story.Endpoints["shop-web-1"] = Endpoint.Wrong;
        story.Run(10);

        story.BalancersSilent = true;
        story.Endpoints["shop-web-2"] = Endpoint.Wrong;
        story.Run(600);

        Assert.Equal(EndpointRung.Told, Rung(story));
        Assert.Null(story.Instance("shop-web-2").Endpoint);
        Assert.Equal(0, story.Count<EndpointEscalated>());

        // Heard again, it counts anew: what it did not see was not down.
        story.BalancersSilent = false;
        story.BalancerLife++;
        Assert.InRange(story.Until(() => Rung(story) != EndpointRung.Told), 60, 63);
    }

    [Fact]
    public void While_not_one_member_answers_the_balancers_own_network_is_suspected()
    {
        var story = RotationStories.Behind(3, Limit);

        foreach (var index in new[] { 0, 1, 2 })
        {
            story.Endpoints[$"shop-web-{index}"] = Endpoint.Silent;
        }

        story.Run(600);

        Assert.All(story.Ledger.Instances.Values, i => Assert.Null(i.Endpoint));
        Assert.Equal(0, story.Count<IncidentOpened>());
    }

    [Fact]
    public void One_that_is_silent_while_others_answer_is_judged_a_probe_later()
    {
        var story = RotationStories.Behind(3, Limit);

        story.Endpoints["shop-web-1"] = Endpoint.Silent;

        Assert.InRange(story.Until(() => story.Instance("shop-web-1").Endpoint is not null), 17, 19);
    }

    [Fact]
    public void All_that_answer_wrongly_are_on_record_and_climb_one_at_a_time()
    {
        var story = RotationStories.Behind(3, Limit);
        foreach (var index in new[] { 0, 1, 2 })
        {
            story.Endpoints[$"shop-web-{index}"] = Endpoint.Wrong;
        }

        story.Until(() => story.Count<EndpointFailed>() == 3, limit: 5);
        story.Until(() => story.Count<EndpointEscalated>() == 1);
        story.Run(50);

        Assert.Equal(1, story.Count<EndpointEscalated>());
    }

    [Fact]
    public void A_reset_waits_while_another_of_its_set_does_not_run()
    {
        var story = RotationStories.Behind(2, Limit, set: "webs");
        story.Home("shop-web-0").CannotStart.Add(new InstanceName("shop-web-0"));
        foreach (var host in story.Hosts.Values)
        {
            host.CannotStart.Add(new InstanceName("shop-web-0"));
        }

        story.Endpoints["shop-web-1"] = Endpoint.Wrong;
        story.Run(10);
        story.Home("shop-web-0").PowerOff();
        story.Run(120);

        Assert.Equal(EndpointRung.Told, Rung(story));
        Assert.Contains(story.Last.Held, held => held.Guard.Message.Contains("is reset once that is over"));
    }

    [Theory]
    [InlineData(InstanceVerb.Unmanage)]
    [InlineData(InstanceVerb.Stop)]
    public void Whom_people_have_in_their_hands_is_not_judged(InstanceVerb verb)
    {
        var story = RotationStories.Behind(3, Limit);
        story.Endpoints["shop-web-1"] = Endpoint.Wrong;
        story.Run(5);

        story.Order(id => new InstanceOrder(id, new InstanceName("shop-web-1"), verb, "ann"));
        story.Run(120);

        Assert.Null(story.Instance("shop-web-1").Endpoint);
        Assert.Equal(0, story.Count<EndpointEscalated>());
        Assert.False(story.OnlyIncident(IncidentKind.EndpointDown).Open);
    }

    [Fact]
    public void Freeze_lets_it_be_told_and_nothing_be_done()
    {
        var story = RotationStories.Behind(3, Limit);
        story.Order(id => new DisarmOrder(id, AutomationMode.Freeze, TimeSpan.FromMinutes(10), "ann"));

        story.Endpoints["shop-web-1"] = Endpoint.Wrong;
        story.Run(200);

        Assert.Equal(EndpointRung.Told, Rung(story));
        Assert.Equal(0, story.Count<EndpointEscalated>());
    }

    [Fact]
    public void A_new_leader_waits_the_limit_anew_and_keeps_what_is_on_record()
    {
        var story = RotationStories.Behind(3, Limit);
        story.Endpoints["shop-web-1"] = Endpoint.Wrong;
        story.Run(50);

        story.RestartController();

        Assert.InRange(story.Until(() => Rung(story) != EndpointRung.Told), 59, 64);
        Assert.Equal(1, story.Count<EndpointFailed>());
    }

    /// <summary>A life in which each kind of change of this room occurs.</summary>
    internal static Story LivedThrough()
    {
        var story = RotationStories.Behind(3, Limit);
        story.Endpoints["shop-web-1"] = Endpoint.Wrong;
        story.Until(() => story.Count<EndpointEscalated>() > 0);
        story.Endpoints.Clear();
        story.Run(3).Order(id => new InstanceOrder(id, new InstanceName("shop-web-1"), InstanceVerb.Stop, "ann"));
        return story.Run(5);
    }

    private static EndpointRung? Rung(Story story) => story.Instance("shop-web-1").Endpoint?.Rung;

    private static SeatGoal Told(Story story, string name)
    {
        var node = story.Ledger.Nodes[story.SeatOf(name)!.Node];
        return BeatAnswer.GoalOf(story.Cluster, node).Seats.Single(s => s.Machine.Instance.Value == name);
    }

    private static SpecObject WithProgram(int instances) => StorySpecs.Of("shop", new ServiceSpec
    {
        Roles =
        [
            new RoleSpec
            {
                Name = "web", Type = RoleType.Web, Instances = instances,
                Template = StorySpecs.Template() with { Application = new GuestApplication { Command = ["/srv/web"] } },
            },
        ],
    });
}
