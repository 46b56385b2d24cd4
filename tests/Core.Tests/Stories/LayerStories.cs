using Havm.Core.Accounting;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>Which layer failed, who decided, and what was held meanwhile: what an incident's page is made of.</summary>
public sealed class LayerStories
{
    [Fact]
    public void Nodes_of_one_rack_that_fall_silent_together_are_one_rack_failure_of_layer_7_with_each_as_a_part()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"));
        story.Host("n1").PowerOff();
        story.Host("n2").PowerOff();
        story.Until(() => story.Ledger.Incidents.Count == 2 && story.Ledger.Incidents.Values.All(i => !i.Open));

        var failure = Assert.Single(RackFailure.In(story.Ledger));

        Assert.Equal(("rack-000001", new RackName("r1"), false), (failure.Id, failure.Rack, failure.Open));
        Assert.Equal(["n1", "n2"], failure.Parts.Select(part => part.Subject).Order());
        Assert.All(failure.Parts, part => Assert.Equal(Layer.Rack, LayerTable.Of(story.Ledger, part)));
        Assert.StartsWith("2 nodes of rack r1 fell silent together at ", IncidentWords.Harm(failure, story.Wall));
    }

    [Fact]
    public void Nodes_of_two_racks_or_of_one_rack_a_minute_apart_fail_each_for_themselves()
    {
        var story = Story.Of(4, 2);
        story.Host("n1").PowerOff();
        story.Host("n3").PowerOff();
        story.Run(60);
        story.Host("n2").PowerOff();
        story.Run(10);

        Assert.Equal(3, story.Ledger.Incidents.Count);
        Assert.Empty(RackFailure.In(story.Ledger));
        Assert.All(story.Ledger.Incidents.Values, i => Assert.Equal(Layer.Node, LayerTable.Of(story.Ledger, i)));
    }

    [Fact]
    public void Every_kind_of_incident_has_its_layer_and_a_sentence()
    {
        var story = Story.Of(1, 1);
        Assert.All(Enum.GetValues<IncidentKind>(), kind =>
        {
            var incident = new Incident
            {
                Id = "inc-000001", Kind = kind, Subject = "n1", Decision = new Reason("r", "c", "m"),
            };
            Assert.True(Enum.IsDefined(LayerTable.Of(kind)));
            Assert.Contains("n1", IncidentWords.Headline(story.Ledger, incident, story.Wall));
        });
    }

    [Fact]
    public void An_incident_says_which_controller_decided_it_in_which_term_and_a_hosts_own_says_that()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        story.Home("a").Incidents = [Told(story) with { Kept = "/evidence/a/1/screen.png" }];
        story.Run(2);
        story.RestartController().Run(6);
        story.Hosts.Values.First(h => h != story.Home("a")).PowerOff();
        story.Run(6);

        var host = story.OnlyIncident(IncidentKind.GuestPanic);
        var node = story.OnlyIncident(IncidentKind.NodeFailed);
        Assert.Equal($"the host agent of {story.Home("a").Name}, in place", IncidentWords.DecidedBy(host));
        Assert.Equal("controller controller-2, epoch 2", IncidentWords.DecidedBy(node));
        Assert.Equal("/evidence/a/1/screen.png", Assert.Single(host.Instances.Values).Kept);
    }

    [Fact]
    public void What_a_host_kept_is_taken_on_record_once_it_is_told_and_stays_there()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var told = Told(story);
        story.Home("a").Incidents = [told];
        story.Run(2);
        story.Home("a").Incidents = [told with { Kept = "/evidence/a/1/screen.png\n/evidence/a/1/qemu.log" }];
        story.Run(2);
        story.Home("a").Incidents = [told];
        story.Run(2);

        var way = Assert.Single(story.OnlyIncident(IncidentKind.GuestPanic).Instances.Values);
        Assert.Equal("/evidence/a/1/screen.png\n/evidence/a/1/qemu.log", way.Kept);
    }

    [Fact]
    public void What_the_partition_guard_held_before_there_was_an_incident_is_on_its_record_with_its_length()
    {
        var story = Story.Of(3, 2);
        foreach (var name in (string[])["n1", "n3", "n5"])
        {
            story.Host(name).Cut = true;
        }

        story.Run(30);
        story.Host("n3").Cut = false;
        story.Host("n5").Cut = false;
        story.Until(() => story.Ledger.Incidents.Count > 0);

        var span = Assert.Single(story.OnlyIncident(IncidentKind.NodeFailed).Held, s => s.Guard == "partitionGuard");
        Assert.Equal("Node/n1", span.Subject);
        Assert.InRange((span.Until!.Value - span.Since).TotalSeconds, 24, 32);
    }

    [Fact]
    public void A_hold_that_goes_on_is_open_on_the_record_and_ends_on_it_also_under_the_next_controller()
    {
        var story = Story.Of(4, 2).With([.. Enumerable.Range(0, 16).Select(i => StorySpecs.Vm($"vm{i}"))]);
        foreach (var name in (string[])["n1", "n3", "n5"])
        {
            var host = story.Host(name);
            (host.Cut, host.Bmc) = (true, BmcMood.Lazy);
            story.Sighted(host, 6).Run(20);
            host.Bmc = BmcMood.Honest;
            story.Run(20);
        }

        Incident Third() => story.Ledger.Incidents.Values.Single(i => i.Subject == "n5");
        var open = Assert.Single(Third().Held);
        Assert.Equal(("fenceRateGuard", (DateTimeOffset?)null), (open.Guard, open.Until));

        story.RestartController();
        story.Host("n5").Cut = false;
        story.Run(3);

        Assert.NotNull(Assert.Single(Third().Held).Until);
    }

    [Fact]
    public void Holds_that_come_and_go_keep_a_bounded_record()
    {
        var story = Story.Of(3, 2);
        story.Host("n1").Cut = true;
        story.Run(6);
        for (var i = 0; i < 2 * HoldSpan.Kept; i++)
        {
            story.Order(id => new DisarmOrder(id, AutomationMode.Freeze, TimeSpan.FromMinutes(1), "ann"));
            story.Run(1);
            story.Order(id => new ArmOrder(id, "ann"));
            story.Run(1);
        }

        Assert.InRange(story.OnlyIncident(IncidentKind.NodeFailed).Held.Length, 0, HoldSpan.Kept);
    }

    private static HostIncident Told(Story story) => new()
    {
        Id = "1",
        Instance = new InstanceName("a"),
        Generation = new Generation(1),
        Kind = HostIncidentKind.GuestPanic,
        Decision = new Reason("watch", "panic", "a: the guest panicked"),
        DetectedAt = story.Wall,
        DecidedAt = story.Wall,
    };
}
