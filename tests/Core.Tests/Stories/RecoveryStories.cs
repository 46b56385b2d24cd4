using Havm.Core.Changes;
using Havm.Core.Fencing;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 6 and SAFETY 5.1: what a host gives up, and what it takes to start it elsewhere.</summary>
public sealed class RecoveryStories
{
    private static readonly InstanceName A = new("a");

    /// <summary>The host of "a" gave it up and has nothing of it left.</summary>
    private static (Story Story, SmallHost Home) GivenUp(Action<SmallHost>? bend = null)
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        bend?.Invoke(home);
        home.GivenUp.Add((A, new Generation(1)));
        home.Running.Clear();
        story.Until(() => story.SeatOf("a") is null || story.IsElsewhere("a", home));
        return (story, home);
    }

    [Fact]
    public void What_a_host_gives_up_is_taken_back_proven_by_its_report_and_started_elsewhere()
    {
        var (story, home) = GivenUp();

        story.Until(() => story.IsElsewhere("a", home), 3);

        Assert.Contains(story.Changes, c => c.Change is SeatProvenDead { Proof.Method: ProofMethod.Report });
        Assert.Equal(2, story.SeatOf("a")!.Generation.Value);
    }

    [Fact]
    public void An_incomplete_inventory_proves_nothing()
    {
        var (story, home) = GivenUp(h => h.InventoryIncomplete = true);
        story.Run(20);
        Assert.Null(story.SeatOf("a"));

        home.InventoryIncomplete = false;
        story.Until(() => story.SeatOf("a") is not null, 3);
    }

    public static TheoryData<string, Func<NodeReport, WithdrawnSeat, NodeReport>> WorthlessReports => new()
    {
        { "an older goal", (r, s) => r with { GoalRevision = s.Revision - 1 } },
        { "an older epoch", (r, s) => r with { GoalEpoch = new Epoch(s.Epoch.Value - 1) } },
        { "no floor", (r, _) => r with { Floors = [] } },
        { "a lower floor", (r, s) => r with { Floors = [new(A, new Generation(s.Generation.Value - 1))] } },
        { "the floor of another", (r, s) => r with { Floors = [new(new InstanceName("b"), s.Generation)] } },
        { "an incomplete inventory", (r, _) => r with { InventoryComplete = false } },
        { "it is still there", (r, s) => r with { Instances = [Seen(s.Generation, MachinePhase.Ready, 7)] } },
        {
            "an older generation is still there",
            (r, s) => r with { Instances = [Seen(new(s.Generation.Value - 1), MachinePhase.Paused, 7)] }
        },
        { "it is being stopped", (r, s) => r with { Instances = [Seen(s.Generation, MachinePhase.Stopping, 0)] } },
        {
            "given up with a process left",
            (r, s) => r with { Instances = [Seen(s.Generation, MachinePhase.GaveUp, 7)] }
        },
    };

    [Theory]
    [MemberData(nameof(WorthlessReports), DisableDiscoveryEnumeration = true)]
    public void A_report_with_one_thing_missing_proves_nothing(
        string missing, Func<NodeReport, WithdrawnSeat, NodeReport> bend)
    {
        var node = new NodeRecord
        {
            Name = new("n1"),
            Why = new Reason("x", "x", "x"),
            Boot = new BootId("boot"),
            GoalRevision = 10,
        };
        var seat = new WithdrawnSeat(
            node.Name, new(3), new BootId("boot"), new(5), 10, IsolationPolicy.LeaveRunning, node.Why);
        var whole = new NodeReport
        {
            Version = 1, GoalEpoch = new(5), GoalRevision = 10, InventoryComplete = true, Floors = [new(A, new(3))],
        };
        var heard = new Core.Liveness.NodeHeard { Boot = node.Boot, Report = whole };
        Assert.NotNull(ProofOfDeath.FromReport(A, seat, node, heard));

        var proof = ProofOfDeath.FromReport(A, seat, node, heard with { Report = bend(whole, seat) });

        Assert.True(proof is null, missing);
    }

    [Fact]
    public void A_report_of_another_boot_proves_nothing()
    {
        var node = new NodeRecord
        {
            Name = new("n1"),
            Why = new Reason("x", "x", "x"),
            Boot = new BootId("boot"),
            GoalRevision = 10,
        };
        var seat = new WithdrawnSeat(
            node.Name, new(3), new BootId("boot"), new(5), 10, IsolationPolicy.LeaveRunning, node.Why);
        var report = new NodeReport
        {
            Version = 1,
            GoalEpoch = new(5),
            GoalRevision = 10,
            InventoryComplete = true,
            Floors = [new(A, new(3))],
        };

        Assert.Null(ProofOfDeath.FromReport(A, seat, node, new() { Boot = new BootId("later"), Report = report }));
        Assert.Null(ProofOfDeath.FromReport(
            A, seat with { Boot = new BootId("earlier") }, node, new() { Boot = node.Boot, Report = report }));
    }

    [Fact]
    public void A_host_that_gives_it_up_again_and_again_is_tried_with_growing_back_off()
    {
        var waits = WaitsOfFive((story, generation) =>
        {
            foreach (var host in story.Hosts.Values)
            {
                host.GivenUp.Add((A, new Generation(generation + 1)));
            }
        });

        Assert.InRange(waits[0], 0, 3);
        Assert.InRange(waits[1], 10, 13);
        Assert.InRange(waits[2], 30, 33);
        Assert.InRange(waits[3], 60, 63);
        Assert.InRange(waits[4], 300, 303);
    }

    /// <summary>Seconds until it has a seat again, after each of five times that its host gave it up.</summary>
    private static List<double> WaitsOfFive(
        Action<Story, int>? afterGivingUp = null, Action<Story>? afterSeating = null)
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var waits = new List<double>();
        for (var generation = 1; generation <= 5; generation++)
        {
            var (home, next) = (story.Home("a"), generation + 1);
            home.GivenUp.Add((A, new Generation(generation)));
            home.Running.Clear();
            afterGivingUp?.Invoke(story, generation);
            waits.Add(story.Until(() => story.SeatOf("a")?.Generation.Value == next, 400));
            afterSeating?.Invoke(story);
        }

        return waits;
    }

    [Fact]
    public void The_next_try_prefers_a_node_on_which_it_did_not_just_fail()
    {
        var (story, home) = GivenUp();

        story.Until(() => story.SeatOf("a") is not null);

        Assert.NotEqual(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void Failures_of_what_ran_are_forgotten_once_it_has_been_ready_for_ten_minutes()
    {
        var (story, _) = GivenUp();
        story.Until(() => story.SeatOf("a") is not null && story.IsReady("a"));

        story.Run(590);
        Assert.Equal(1, story.Instance("a").Failures.Count);
        story.Run(15);

        Assert.Equal(0, story.Instance("a").Failures.Count);
    }

    [Fact]
    public void What_is_ready_for_a_moment_and_given_up_each_time_waits_ever_longer()
    {
        var waits = WaitsOfFive(afterSeating: story => story.Until(() => story.IsReady("a")));

        Assert.InRange(waits[0], 0, 3);
        Assert.InRange(waits[1], 8, 13);
        Assert.InRange(waits[2], 28, 33);
        Assert.InRange(waits[3], 58, 63);
        Assert.InRange(waits[4], 298, 303);
    }

    [Fact]
    public void A_start_order_ends_the_back_off()
    {
        var story = Story.Of(1, 2);
        foreach (var host in story.Hosts.Values)
        {
            host.GivenUp.UnionWith(Enumerable.Range(1, 4).Select(g => (A, new Generation(g))));
        }

        Assert.Empty(story.Apply(StorySpecs.Vm("a")).Errors);
        story.Until(() => story.Instance("a") is { Failures.Count: 3, Seat: null, Unproven.IsEmpty: true }, 60);

        var outcome = story.Order(id => new InstanceOrder(id, A, InstanceVerb.Start, "ann"));

        Assert.Equal(ObjectChange.Changed, Assert.Single(outcome.Objects).Change);
        Assert.NotNull(story.SeatOf("a"));
    }

    [Fact]
    public void An_instance_that_a_host_reports_twice_is_taken_back_once()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        var beat = home.AgentBeat();
        var gaveUp = Seen(new Generation(1), MachinePhase.GaveUp, 0);

        story.Post(beat with { Report = beat.Report! with { Version = 999, Instances = [gaveUp, gaveUp] } });
        story.Step();

        Assert.Equal(1, story.Last.Changes.Count(c => c is SeatWithdrawn));
    }

    [Fact]
    public void When_many_wait_the_higher_priority_is_seated_first()
    {
        var story = Story.Of(3, 1, memoryMiB: 256).With(
            StorySpecs.Vm("a", memoryMiB: 150, priority: 5), StorySpecs.Vm("b", memoryMiB: 150, priority: 1),
            StorySpecs.Vm("c", memoryMiB: 150, priority: 3));
        story.Home("a").PowerOff();
        story.Run(5);
        story.Home("b").PowerOff();
        story.Run(5);
        Assert.Null(story.SeatOf("a"));
        Assert.Null(story.SeatOf("b"));

        story.Reboot(story.Host("n1")).Until(() => story.Ledger.Instances.Values.Count(i => i.Seat is not null) == 2
            || story.PhaseOf(story.Host("n1")) == NodePhase.Up && story.SeatOf("b") is not null);

        Assert.NotNull(story.SeatOf("b"));
        Assert.Null(story.SeatOf("a"));
    }

    [Fact]
    public void Seating_an_instance_of_which_an_earlier_seat_is_unproven_stops_the_process()
    {
        var (story, home) = GivenUp(h => h.InventoryIncomplete = true);
        var change = new SeatTaken(A, home.Name, new Reason("x", "x", "x"), story.Wall);

        Assert.Throws<InvalidOperationException>(() => change.Apply(story.Ledger));
    }

    [Fact]
    public void Seating_an_instance_that_has_a_seat_stops_the_process()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var change = new SeatTaken(A, new NodeName("n1"), new Reason("x", "x", "x"), story.Wall);

        Assert.Throws<InvalidOperationException>(() => change.Apply(story.Ledger));
    }

    private static InstanceReport Seen(Generation generation, MachinePhase phase, int pid) =>
        new() { Instance = A, Generation = generation, Phase = phase, Pid = pid };
}
