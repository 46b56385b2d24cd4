using Havm.Core;
using Havm.Model;
using Havm.Simulator.Fencing;
using Havm.Simulator.World;
using Havm.Simulator.World.Network;

namespace Havm.Simulator.Tests.World;

/// <summary>What the substrate itself promises, whatever is decided on it.</summary>
public sealed class WorldTests
{
    [Fact]
    public void Events_happen_in_the_order_of_time_and_then_of_asking()
    {
        var time = new VirtualTime(1);
        var seen = new List<string>();
        time.At(Instant.FromSeconds(2), () => seen.Add("late"));
        time.At(Instant.FromSeconds(1), () =>
        {
            seen.Add("first");
            time.After(TimeSpan.Zero, () => seen.Add("third"));
            time.At(Instant.Origin, () => seen.Add("fourth, for the past is now"));
        });
        time.At(Instant.FromSeconds(1), () => seen.Add("second"));

        time.RunUntil(Instant.FromSeconds(3));

        Assert.Equal(["first", "second", "third", "fourth, for the past is now", "late"], seen);
        Assert.Equal(Instant.FromSeconds(3), time.Now);
    }

    [Fact]
    public void A_guest_that_flips_its_word_ten_times_a_second_costs_its_controller_a_change_in_a_while()
    {
        var small = new SmallWorld();
        var host = small.World.Host(new NodeName("n3"));
        var (instance, generation) = (new InstanceName("vm-n3"), host.Machines.Find(new("vm-n3"))!.Seat.Generation);
        small.Changes.Clear();

        for (var flip = 0; flip < 600; flip++)
        {
            host.Agent!.Sign(instance, generation, flip % 2 == 0
                ? MachineSignKind.GuestNotReady : MachineSignKind.GuestReady);
            small.Run(0.1);
        }

        Assert.InRange(small.Changes.Count, 1, 40);
        small.Run(10);
        Assert.Equal(MachinePhase.Ready, host.Agent!.Report!.Instances.Single(i => i.Instance == instance).Phase);
    }

    [Fact]
    public void A_power_cut_sends_no_end_of_stream_and_the_end_of_a_process_does()
    {
        var small = new SmallWorld();
        var node = new NodeName("n3");
        small.Heard.Clear();
        small.World.Host(node).RestartAgent();
        small.Run(1);
        Assert.Equal(node, Assert.Single(small.Heard.OfType<StreamEnded>()).Node);
        small.Run(30);
        small.Heard.Clear();

        small.World.Host(node).PowerOff("crash", "fault");
        small.Run(25);
        Assert.DoesNotContain(small.Heard, input => input is StreamEnded);
        small.Run(10);

        Assert.Equal(2, small.Heard.OfType<StreamEnded>().Count(ended => ended.Node == node));
    }

    [Fact]
    public void Whenever_the_leader_crashes_what_it_acknowledged_is_done_by_the_next_and_nothing_is_half_done()
    {
        int acknowledged = 0;
        int lost = 0;
        for (int after = 0; after < 12; after++)
        {
            var small = new SmallWorld();
            var vm = new InstanceName("vm-n3");
            bool told = false;
            small.World.Leader!.Order(
                id => new InstanceOrder(id, vm, InstanceVerb.Stop, "ann"), outcome => told = outcome.Accepted);
            if (after > 0)
            {
                small.Run(0.001 * (after - 1));
            }

            small.World.CrashLeader();

            // What had left for the store before the crash may still arrive there.
            small.Run(0.010);
            bool durable = small.World.Store.Ledger.Instances[vm].Wanted == WantedState.Stopped;
            Assert.True(!told || durable, "an answer left before its commit");

            small.Run(60);

            Assert.Equal(durable, !small.Running.ContainsKey("vm-n3"));
            Assert.Equal(2, small.Running.Count(vm => vm.Key != "vm-n3"));
            Assert.Equal(2, small.Leaders.Count);
            acknowledged += told ? 1 : 0;
            lost += durable ? 0 : 1;
        }

        Assert.True(acknowledged > 0 && lost > 0, $"{acknowledged} acknowledged, {lost} lost: both sides must be met");
    }

    [Fact]
    public void A_leader_without_a_majority_commits_nothing_and_another_takes_office()
    {
        var small = new SmallWorld();
        var old = small.Leader;
        small.World.Leader!.Order(
            id => new InstanceOrder(id, new InstanceName("vm-n2"), InstanceVerb.Stop, "ann"),
            _ => Assert.Fail("acknowledged by a minority"));
        long commits = small.World.Store.Commits;

        small.World.Isolate(old);
        small.Run(4);
        Assert.Null(small.World.Leader);
        Assert.Equal(commits, small.World.Store.Commits);
        small.Run(2);

        Assert.NotEqual(old, small.Leader);
    }

    [Fact]
    public void Half_of_the_declared_nodes_is_no_majority_also_when_the_others_have_no_power()
    {
        var small = new SmallWorld();
        small.World.StopReplica(new NodeName("n1"));
        small.Run(10);
        Assert.NotNull(small.World.Leader);
        small.World.Host(new NodeName("n2")).PowerOff("crash", "fault");
        small.Run(60);
        Assert.Null(small.World.Leader);
        Assert.Equal(2, small.Running.Count);

        small.World.StartReplica(new NodeName("n1"));
        small.Run(60);

        Assert.Equal(3, small.Running.Count);
    }

    [Fact]
    public void A_one_way_cut_silences_a_node_that_still_hears()
    {
        var small = new SmallWorld();
        var deaf = small.World.Hosts.Select(host => host.Name).Last(name => name != small.Leader);
        var cut = new OneWayCut(new HashSet<NodeName> { deaf }, new HashSet<NodeName> { small.Leader });
        small.World.Network.Add(cut);
        small.Run(20);
        Assert.Equal(Core.Records.NodePhase.Lost, Phase());

        small.World.Network.Remove(cut);
        small.Run(5);

        Assert.Equal(Core.Records.NodePhase.Up, Phase());
        Assert.DoesNotContain(small.Powers, power => power.EndsWith("fence", StringComparison.Ordinal));

        Core.Records.NodePhase Phase() => small.World.Leader!.Committed.Ledger.Nodes[deaf].Phase;
    }

    [Theory]
    [InlineData(SimulatedBmcBehaviour.Dead)]
    [InlineData(SimulatedBmcBehaviour.Lying)]
    public void A_BMC_that_is_dead_or_lies_gets_nothing_started_twice(SimulatedBmcBehaviour behaviour)
    {
        var small = new SmallWorld();
        var node = small.World.Hosts.Select(host => host.Name).Last(name => name != small.Leader);
        small.World.Host(node).Bmc.Behaviour = behaviour;

        small.World.Isolate(node);
        small.Run(120);

        // SmallWorld throws when an instance begins to run a second time.
        Assert.Equal(node.Value, small.Running[$"vm-{node}"]);
        Assert.Equal(3, small.Running.Count);
    }
}
