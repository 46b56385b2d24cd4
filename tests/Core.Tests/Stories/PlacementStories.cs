using Havm.Core.Changes;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 7: who sits where.</summary>
public sealed class PlacementStories
{
    [Theory]
    [InlineData(3, 2, 6)]
    [InlineData(3, 2, 17)]
    [InlineData(2, 5, 9)]
    public void Members_of_an_availability_set_are_spread_evenly_over_racks(int racks, int nodes, int members)
    {
        var story = Story.Of(racks, nodes).With(StorySpecs.Set("set"), StorySpecs.Service("s", members, set: "set"));

        var perRack = story.Ledger.Instances.Values
            .GroupBy(i => story.Ledger.NodeSpecOf(i.Seat!.Node)!.Rack).Select(g => g.Count()).ToList();

        Assert.Equal(racks, perRack.Count);
        Assert.InRange(perRack.Max() - perRack.Min(), 0, 1);
    }

    [Fact]
    public void Update_domains_are_given_round_robin()
    {
        var story = Story.Of(3, 2)
            .With(StorySpecs.Set("set", updateDomains: 3), StorySpecs.Service("s", 7, set: "set"));

        Assert.Equal([0, 1, 2, 0, 1, 2, 0], story.Ledger.Instances.Values.Select(i => i.UpdateDomain));
    }

    [Fact]
    public void No_node_is_given_more_than_it_has()
    {
        var story = Story.Of(2, 2, memoryMiB: 256);
        Assert.Empty(story.Apply(StorySpecs.Service("s", 20)).Errors);
        story.Run(5);

        Assert.Equal(16, story.Ledger.Instances.Values.Count(i => i.Seat is not null));
        Assert.All(story.Ledger.Instances.Values.Where(i => i.Seat is not null).GroupBy(i => i.Seat!.Node), g =>
            Assert.Equal(4, g.Count()));
    }

    [Fact]
    public void What_is_not_proven_dead_still_counts_as_using_its_node()
    {
        var story = Story.Of(1, 2, memoryMiB: 128).With(StorySpecs.Vm("a", memoryMiB: 128));
        var home = story.Home("a");
        home.InventoryIncomplete = true;
        home.GivenUp.Add((new InstanceName("a"), new Generation(1)));
        home.Running.Clear();
        story.Until(() => story.SeatOf("a") is null);

        Assert.Empty(story.Apply(StorySpecs.Vm("b", memoryMiB: 128), StorySpecs.Vm("c", memoryMiB: 128)).Errors);
        story.Run(5);

        Assert.NotEqual(home.Name, story.SeatOf("b")!.Node);
        Assert.Null(story.SeatOf("c"));
    }

    [Fact]
    public void Only_a_node_that_is_up_takes_seats()
    {
        var story = Story.Of(2, 1);
        story.Host("n1").Cut = true;
        story.Host("n1").Bmc = BmcMood.Dead;
        story.Run(6);

        story.With(StorySpecs.Vm("a"), StorySpecs.Vm("b"));

        Assert.All(story.Ledger.Instances.Values, i => Assert.Equal("n2", i.Seat!.Node.Value));
    }

    [Fact]
    public void The_same_cluster_under_other_names_and_in_another_order_gives_the_same_seats()
    {
        string[] Seats(string prefix, bool backwards)
        {
            var story = Story.Of(3, 2);
            SpecObject[] objects =
            [
                StorySpecs.Set(prefix + "set"),
                .. Enumerable.Range(0, 9).Select(i => StorySpecs.Vm(
                    $"{prefix}vm{i}", memoryMiB: 64 + (32 * (i % 3)), priority: 1 + (i % 5), set: prefix + "set")),
            ];
            story.With(backwards ? [.. objects.Reverse()] : objects);
            return [.. story.Ledger.Instances.Values.Select(i => $"{i.Name.Value[prefix.Length..]} {i.Seat!.Node}")];
        }

        Assert.Equal(Seats("a", false), Seats("zz", true));
    }

    [Fact]
    public void The_node_that_is_chosen_is_the_first_that_explain_ranks()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Set("set"), StorySpecs.Service("s", 5, set: "set"));
        Assert.Empty(story.Apply(StorySpecs.Vm("a", set: "set")).Errors);
        var seat = story.SeatOf("a")!;
        var before = story.Cluster with
        {
            Ledger = story.Ledger with { Instances = story.Ledger.Instances.Remove(new InstanceName("a")) },
        };

        var ranked = PlacementDecider.Rank(new PlacementView(before), story.Instance("a"));

        Assert.Equal(ranked[0].Node.Name, seat.Node);
        Assert.Equal(6, ranked.Length);
    }

    [Fact]
    public void Explain_names_the_filter_that_refuses_each_node()
    {
        var story = Story.Of(1, 4, memoryMiB: 128).With(StorySpecs.Vm("a", memoryMiB: 128));
        story.Order(id => new CordonOrder(id, story.Hosts.Values.First(h => h.Running.Count == 0).Name, true, "ann"));
        var off = story.Hosts.Values.Last(h => h.Running.Count == 0);
        off.PowerOff();
        story.Run(5);
        Assert.Empty(story.Apply(StorySpecs.Vm("b", memoryMiB: 128)).Errors);

        var ranked = PlacementDecider.Rank(new PlacementView(story.Cluster), story.Instance("b"));

        Assert.Equal(["capacity", "capacity", "cordon", "up"], ranked.Select(v => v.Filter!).Order());
        Assert.All(ranked, v => Assert.NotEmpty(v.Refusal!));
    }

    [Fact]
    public void Seats_are_given_again_as_soon_as_capacity_comes()
    {
        var story = Story.Of(1, 1, memoryMiB: 64).With(StorySpecs.Vm("a"));
        Assert.Empty(story.Apply(StorySpecs.Vm("b")).Errors);
        story.Run(3);
        Assert.Null(story.SeatOf("b"));

        story.Delete("VirtualMachine/a");

        story.Until(() => story.SeatOf("b") is not null, 5);
    }

    [Fact]
    public void The_lowest_index_of_a_role_is_seated_first_because_the_highest_leaves_first()
    {
        var story = Story.Of(1, 1).With(StorySpecs.Node("n1", "r1", cpus: 11));

        story.Apply(StorySpecs.Service("s", 12));
        story.Run(5);

        Assert.Equal(
            Enumerable.Range(0, 11).Select(i => $"s-web-{i}"),
            story.Events.Where(e => e.Name == "seatTaken").Select(e => e.Subject["Instance/".Length..]));
        Assert.Null(story.SeatOf("s-web-11"));
    }

    private static SpecObject Policy(PlacementPolicy placement) =>
        StorySpecs.Of("default", new PolicySpec { Placement = placement });

    private static string Explained(Story story, string name) =>
        string.Join(", ", PlacementDecider.Rank(new PlacementView(story.Cluster), story.Instance(name))
            .Select(v => $"{v.Node.Name} {v.Filter ?? "legal"}"));

    [Fact]
    public void What_counts_is_the_load_with_the_seat_on_it_not_the_load_before()
    {
        var story = Story.Of(1, 2).With(
            StorySpecs.Node("n1", "r1", memoryMiB: 512), StorySpecs.Node("n2", "r1", memoryMiB: 4096, cpus: 64));
        story.Order(id => new CordonOrder(id, new NodeName("n1"), true, "ann"));
        story.With(StorySpecs.Vm("rests", memoryMiB: 128));
        story.Order(id => new CordonOrder(id, new NodeName("n1"), false, "ann"));

        story.With(StorySpecs.Vm("a", memoryMiB: 384));

        Assert.Equal("n2", story.SeatOf("a")!.Node.Value);
    }

    [Fact]
    public void CPUs_weigh_as_much_as_memory()
    {
        var story = Story.Of(1, 2).With(
            StorySpecs.Node("n1", "r1", cpus: 4), StorySpecs.Node("n2", "r1", cpus: 64, memoryMiB: 4095));

        story.With(StorySpecs.Vm("a"));

        Assert.Equal("n2", story.SeatOf("a")!.Node.Value);
    }

    [Fact]
    public void No_difference_of_load_is_too_small_to_count()
    {
        var story = Story.Of(1, 2, memoryMiB: 1 << 20).With(
            StorySpecs.Node("n1", "r1", memoryMiB: 1 << 20), StorySpecs.Node("n2", "r1", memoryMiB: (1 << 20) + 1));

        story.With(StorySpecs.Vm("a"));

        Assert.Equal("n2", story.SeatOf("a")!.Node.Value);
    }

    [Fact]
    public void By_count_numbers_are_evened_out_whatever_the_sizes()
    {
        var story = Story.Of(1, 2).With(Policy(new PlacementPolicy { Balance = PlacementBalance.Count }));
        story.With(StorySpecs.Vm("big", memoryMiB: 2048)).With(StorySpecs.Vm("small"));
        Assert.NotEqual(story.SeatOf("big")!.Node, story.SeatOf("small")!.Node);

        story.With(StorySpecs.Vm("x")).With(StorySpecs.Vm("y"));

        Assert.Equal(["n1", "n2"], [story.SeatOf("x")!.Node.Value, story.SeatOf("y")!.Node.Value]);
    }

    [Fact]
    public void vCPUs_are_given_away_by_the_policy_s_factor_and_memory_is_not()
    {
        var story = Story.Of(1, 1).With(
            StorySpecs.Node("n1", "r1", cpus: 2, memoryMiB: 256), Policy(new PlacementPolicy { VcpusPerCpu = 2 }));

        story.Apply([.. Enumerable.Range(0, 6).Select(i => StorySpecs.Vm($"v{i}", memoryMiB: 32))]);
        story.Apply(StorySpecs.Vm("large", memoryMiB: 200));
        story.Run(5);

        Assert.Equal(4, story.Ledger.Instances.Values.Count(i => i.Seat is not null));
        Assert.Equal("n1 capacity", Explained(story, "v5"));
        Assert.Equal("n1 capacity", Explained(story, "large"));
    }

    [Fact]
    public void With_overcommit_sizes_are_no_limit_and_apply_says_what_that_costs()
    {
        var story = Story.Of(1, 1, memoryMiB: 128);
        Assert.NotEmpty(story.Apply(StorySpecs.Vm("large", memoryMiB: 512)).Errors);

        var outcome = story.Apply(Policy(new PlacementPolicy { Overcommit = true }));
        story.With(StorySpecs.Vm("large", memoryMiB: 512), StorySpecs.Vm("other", memoryMiB: 512));

        Assert.Contains("beyond what nodes have", Assert.Single(outcome.Warnings).Message, StringComparison.Ordinal);
        Assert.All(story.Ledger.Instances.Values, i => Assert.NotNull(i.Seat));
    }

    [Theory]
    [InlineData(StartPlace.Last, "n1")]
    [InlineData(StartPlace.Best, "n2")]
    public void What_was_stopped_starts_where_it_was_or_where_it_is_best_as_the_policy_says(
        StartPlace atStart, string expected)
    {
        var story = Story.Of(1, 2).With(Policy(new PlacementPolicy { AtStart = atStart })).With(StorySpecs.Vm("a"));
        story.With(StorySpecs.Vm("b", memoryMiB: 128)).With(StorySpecs.Vm("c", memoryMiB: 256));
        var name = new InstanceName("a");
        story.Order(id => new InstanceOrder(id, name, InstanceVerb.Stop, "ann"));
        story.Until(() => story.SeatOf("a") is null);
        story.Order(id => new InstanceOrder(id, new InstanceName("b"), InstanceVerb.Stop, "ann"));
        story.Until(() => story.SeatOf("b") is null);

        story.Order(id => new InstanceOrder(id, name, InstanceVerb.Start, "ann"));

        story.Until(() => story.IsReady("a"));
        Assert.Equal(expected, story.SeatOf("a")!.Node.Value);
    }

    [Fact]
    public void By_use_what_was_measured_counts_and_the_size_of_what_was_not()
    {
        var story = Story.Of(1, 2).With(Policy(new PlacementPolicy { Balance = PlacementBalance.Used }));
        story.With(StorySpecs.Vm("large", memoryMiB: 2048)).With(StorySpecs.Vm("small", memoryMiB: 256));
        Assert.NotEqual(story.SeatOf("large")!.Node, story.SeatOf("small")!.Node);
        story.Home("large").Uses[new InstanceName("large")] = new MachineUse(10, Bytes.MiB(100));

        story.Run(3).With(StorySpecs.Vm("a"));

        Assert.Equal(story.SeatOf("large")!.Node, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void What_an_instance_used_on_its_lost_node_says_where_it_fits_now()
    {
        var story = Story.Of(3, 1).With(Policy(new PlacementPolicy { Balance = PlacementBalance.Used }));
        story.With(StorySpecs.Vm("mover"));
        var home = story.Home("mover");
        home.Uses[new InstanceName("mover")] = new MachineUse(100, Bytes.MiB(2048));
        story.Run(3).With(StorySpecs.Node("n2", "r2", memoryMiB: 2100), StorySpecs.Node("n3", "r3", memoryMiB: 4000))
            .With(StorySpecs.Vm("b"));
        Assert.Equal("n3", story.SeatOf("b")!.Node.Value);

        home.PowerOff();
        story.Until(() => story.IsElsewhere("mover", home) && story.IsReady("mover"));

        Assert.Equal("n3", story.SeatOf("mover")!.Node.Value);
    }

    [Fact]
    public void Use_is_heard_and_never_kept()
    {
        var story = Story.Of(1, 1).With(Policy(new PlacementPolicy { Balance = PlacementBalance.Used }));
        story.With(StorySpecs.Vm("a"));
        var ledger = story.Ledger;

        story.Home("a").Uses[new InstanceName("a")] = new MachineUse(100, Bytes.MiB(48));
        story.Run(5);

        Assert.Same(ledger.Instances, story.Ledger.Instances);
        Assert.Equal(100, new PlacementView(story.Cluster).UseOf(story.Instance("a")).MilliCpus);
    }
}
