using Havm.Core.Changes;
using Havm.Core.Incidents;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>One failure, from its first sign until all is well, and the record of it.</summary>
public sealed class IncidentStories
{
    [Fact]
    public void A_node_failure_is_on_record_with_all_its_phases_in_order_and_closes_when_all_is_ready()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"));
        var home = story.Home("a");
        home.Cut = true;
        story.Sighted(home, 6);

        story.Until(() => story.Ledger.Incidents.Values.Any(i => !i.Open));

        var incident = story.OnlyIncident(IncidentKind.NodeFailed);
        var way = incident.Instances[new InstanceName("a")];
        DateTimeOffset?[] phases =
        [
            incident.LastWell, incident.DetectedAt, incident.DecidedAt, incident.FencedAt, incident.ProvenAt,
            way.FreedAt, way.PlacedAt, way.StartedAt, way.ReadyAt, incident.ClosedAt,
        ];
        Assert.DoesNotContain(null, phases);
        Assert.Equal(phases.Order(), phases);
        Assert.Equal((home.Name, story.SeatOf("a")!.Node), (way.From!.Value, way.To!.Value));
        Assert.Contains("says Off", incident.Proof!.Message);
        Assert.Null(story.Node(home.Name.Value).Incident);
        Assert.Null(story.Instance("a").Incident);
    }

    [Fact]
    public void A_machine_in_which_nobody_ever_says_that_it_is_ready_is_back_once_it_runs()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        foreach (var host in story.Hosts.Values)
        {
            host.NeverReady = true;
        }

        story.Home("a").PowerOff();
        story.Until(() => story.Ledger.Incidents.Values.Any(i => !i.Open));

        Assert.NotNull(story.OnlyIncident(IncidentKind.NodeFailed).Instances[new InstanceName("a")].ReadyAt);
    }

    [Fact]
    public void A_node_that_is_back_with_a_new_boot_before_it_was_judged_is_on_record_with_what_died_there()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.PowerOff();
        story.Run(2.5).Reboot(home);

        story.Until(() => story.Ledger.Incidents.Values.Any(i => !i.Open));

        var incident = story.OnlyIncident(IncidentKind.NodeRebooted);
        var way = Assert.Single(incident.Instances).Value;
        Assert.Equal((home.Name, home.Name), (way.From!.Value, way.To!.Value));
        Assert.Null(way.PlacedAt);
        Assert.InRange(way.ReadyAt!.Value, way.StartedAt!.Value, incident.ClosedAt!.Value);
        Assert.Equal("1 instance ready again", incident.Outcome);
        Assert.Contains("new boot", incident.Decision.Message);
        Assert.Null(story.Node(home.Name.Value).Incident);
    }

    [Fact]
    public void An_announced_reboot_and_a_boot_that_ran_nothing_are_no_incidents()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var idle = story.Hosts.Values.First(h => h != story.Home("a"));
        idle.PowerOff();
        story.Run(2.5).Reboot(idle).Run(5);
        var home = story.Home("a");
        home.Departing = true;
        story.Run(2);
        home.PowerOff();
        story.Run(10).Reboot(home).Run(10);

        Assert.True(story.IsReady("a"));
        Assert.Empty(story.Ledger.Incidents);
    }

    [Fact]
    public void An_instance_that_is_stopped_or_deleted_meanwhile_does_not_keep_the_incident_open()
    {
        var story = Story.Of(1, 2, memoryMiB: 128)
            .With(StorySpecs.Vm("a", memoryMiB: 100), StorySpecs.Vm("b", memoryMiB: 100));
        story.Home("a").PowerOff();
        story.Run(10);
        Assert.Null(story.SeatOf("a"));
        Assert.True(story.OnlyIncident(IncidentKind.NodeFailed).Open);

        Assert.Empty(story.Delete("VirtualMachine/a").Errors);
        story.Run(3);

        Assert.False(story.OnlyIncident(IncidentKind.NodeFailed).Open);
    }

    [Fact]
    public void A_second_failure_on_the_way_back_leaves_no_incident_open()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var first = story.Home("a");
        first.PowerOff();
        story.Until(() => story.IsElsewhere("a", first));
        var second = story.Home("a");
        second.PowerOff();

        story.Until(() => story.IsElsewhere("a", second) && story.SeatOf("a")!.Node != first.Name);
        story.Until(() => story.Ledger.Incidents.Values.All(i => !i.Open));

        Assert.Equal(2, story.Ledger.Incidents.Count);
        Assert.All(story.Ledger.Incidents.Values, i => Assert.All(i.Instances.Values, r => Assert.NotNull(r.ReadyAt)));
    }

    [Fact]
    public void What_a_host_repaired_in_place_is_taken_on_record_once_with_the_times_it_told()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        var told = Told(story, HostIncidentKind.GuestPanic);
        home.Incidents = [told];
        story.Run(2);
        Assert.True(story.OnlyIncident(IncidentKind.GuestPanic).Open);

        home.Incidents = [told, told with { StartedAt = story.Wall, ReadyAt = story.Wall }];
        story.Run(3);

        var incident = story.OnlyIncident(IncidentKind.GuestPanic);
        Assert.False(incident.Open);
        Assert.Equal(home.Incidents[1].ReadyAt, incident.Instances[new InstanceName("a")].ReadyAt);
    }

    [Fact]
    public void What_a_host_could_not_repair_closes_when_it_is_ready_elsewhere()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Incidents = [Told(story, HostIncidentKind.StartFailure)];
        home.GivenUp.Add((new InstanceName("a"), new Generation(1)));
        home.Running.Clear();

        story.Until(() => story.Ledger.Incidents.Values.Any(i => !i.Open), 30);

        var way = story.OnlyIncident(IncidentKind.StartFailure).Instances[new InstanceName("a")];
        Assert.Equal(story.SeatOf("a")!.Node, way.To);
        Assert.NotNull(way.ReadyAt);
    }

    [Fact]
    public void What_a_host_that_was_cut_off_tells_of_a_seat_given_anew_meanwhile_is_over_and_says_so()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.PowerOff();
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));
        home.Incidents = [Told(story, HostIncidentKind.LeaseEnd)];
        story.Reboot(home).Until(() => story.PhaseOf(home) == NodePhase.Up);

        story.Run(3);

        var incident = story.OnlyIncident(IncidentKind.LeaseEnd);
        Assert.False(incident.Open);
        Assert.Equal("generation 2 was given the seat meanwhile", incident.Outcome);
    }

    [Fact]
    public void What_a_host_still_tells_of_a_seat_that_a_move_took_back_closes_when_it_is_ready_there_again()
    {
        var story = Story.Of(2, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        var other = story.Hosts.Values.First(h => h != home);
        home.Incidents = [Told(story, HostIncidentKind.LeaseEnd)];
        story.Run(2);
        story.Order(id => new MoveOrder(id, new InstanceName("a"), other.Name, "ann"));
        story.Until(() => story.SeatOf("a")?.Node == other.Name);
        other.PowerOff();

        story.Until(() => story.Home("a") == home && story.IsReady("a"));
        story.Run(3);

        Assert.False(story.OnlyIncident(IncidentKind.LeaseEnd).Open);
    }

    [Fact]
    public void Closed_incidents_are_bounded_and_one_its_host_still_tells_of_is_not_taken_again()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        for (var i = 0; i < 12; i++)
        {
            var batch = i;
            home.Incidents =
            [
                .. Enumerable.Range(0, 50).Select(n => Told(story, HostIncidentKind.ProcessExit) with
                {
                    Id = $"{batch}-{n}",
                    StartedAt = story.Wall,
                    ReadyAt = story.Wall,
                }),
            ];
            story.Run(2);
        }

        story.Run(5);
        Assert.Equal(IncidentDecider.ClosedKept, story.Ledger.Incidents.Count);
        Assert.Equal(600, story.Ledger.Counters.Incident);
    }

    [Fact]
    public void A_node_that_is_removed_leaves_no_incident_open()
    {
        var story = Story.Of(3, 2);
        var node = story.Host("n1");
        node.Cut = true;
        story.Run(10);
        Assert.True(story.OnlyIncident(IncidentKind.NodeFailed).Open);

        Assert.Empty(story.Delete("Node/n1").Errors);
        story.Run(2);

        Assert.False(story.OnlyIncident(IncidentKind.NodeFailed).Open);
    }

    [Fact]
    public void What_a_host_decides_about_it_later_is_on_record_too()
    {
        var story = DecidedAgain();

        var incident = Assert.Single(story.Ledger.Incidents.Values);
        Assert.Equal((IncidentKind.RoleFailure, "restartInPlace"), (incident.Kind, incident.Decision.Code));
        Assert.Equal(TimeSpan.FromSeconds(20), incident.DecidedAt - incident.DetectedAt);
        Assert.Single(story.Changes, c => c.Change is IncidentDecided);
        Assert.True(incident.Open);
    }

    /// <summary>A program that its guest agent restarted, and gave up later.</summary>
    internal static Story DecidedAgain()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        var first = Told(story, HostIncidentKind.RoleFailure) with
        {
            Decision = new Reason("watch", "roleRestart", "a: its guest agent starts it again"),
        };
        home.Incidents = [first];
        story.Run(20);
        home.Incidents =
        [
            first with
            {
                Decision = new Reason("watch", "restartInPlace", "a: restart 1 of 3 in place"),
                DecidedAt = first.DetectedAt.AddSeconds(20),
            },
        ];
        return story.Run(5);
    }

    private static HostIncident Told(Story story, HostIncidentKind kind) => new()
    {
        Id = "1",
        Instance = new InstanceName("a"),
        Generation = new Generation(1),
        Kind = kind,
        Decision = new Reason("watch", "panic", "a: the guest panicked"),
        DetectedAt = story.Wall,
        DecidedAt = story.Wall,
    };
}
