using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Scenario.Running;
using Havm.Simulator.WhatIf;

namespace Havm.Simulator.Tests.WhatIf;

/// <summary>What would happen to a cluster whose state was saved.</summary>
public sealed class WhatIfTests
{
    [Fact]
    public void A_power_cut_is_told_with_who_is_proven_off_who_restarts_where_and_when_and_why()
    {
        var answer = Play(SavedCluster.Of(3, 2, 2), "power-off n1");

        var node = Assert.Single(answer.Nodes);
        Assert.Equal(("n1", "r1", "power lost"), (node.Node, node.Rack, node.Fault));
        Assert.InRange(node.DeadSeconds!.Value, 2, 6);
        Assert.Contains("BMC of n1 says Off", node.Why);
        Assert.Equal(["vm-1-1", "vm-1-2"], answer.Instances.Select(vm => vm.Instance));
        Assert.All(answer.Instances, vm =>
        {
            Assert.Equal(("n1", 0.0, "running"), (vm.From, vm.DownSeconds, vm.Ends));
            Assert.NotEqual("n1", vm.On);
            Assert.True(vm.PlacedSeconds >= node.DeadSeconds && vm.RunningSeconds > vm.PlacedSeconds);
            Assert.Contains($"{vm.Instance} goes to {vm.On}", vm.Why);
        });
        Assert.Empty(answer.Objections);
        Assert.NotNull(answer.SettledSeconds);
    }

    [Fact]
    public void What_no_lease_and_no_BMC_can_prove_waits_for_a_person_and_that_is_no_objection()
    {
        var answer = Play(SavedCluster.Of(3, 1, 2), "rack-power-off r1");

        Assert.Equal(["down", "down"], answer.Instances.Select(vm => vm.Ends));
        Assert.Null(answer.SettledSeconds);
        Assert.Contains("n1 is Lost", answer.Restless);
        Assert.Empty(answer.Objections);
    }

    [Fact]
    public void What_its_lease_binds_is_recovered_by_its_end_though_the_BMC_died_too()
    {
        var answer = Play(
            SavedCluster.Of(3, 1, 2, 8, node => node, IsolationPolicy.PowerOff), "rack-power-off r1");

        Assert.All(answer.Instances, vm =>
        {
            Assert.Equal("running", vm.Ends);
            Assert.InRange(vm.PlacedSeconds!.Value, 15, 30);
        });
        Assert.Empty(answer.Objections);
    }

    [Fact]
    public void Spread_and_reserve_are_counted_before_and_after()
    {
        // Two racks with room for three VMs a node: a rack's four VMs fill the other's free places and no more.
        var answer = Play(SavedCluster.Of(2, 2, 2, room: 4), "power-off n1 n2");

        Assert.Equal(["set-1", "set-2"], answer.Spread.Select(set => set.Set));
        Assert.All(answer.Spread, set =>
        {
            Assert.Equal((new Spread(4, 2, 2), new Spread(4, 1, 4)), (set.Before, set.After));
            Assert.True(set.Worse);
        });
        Assert.Equal((4, Bytes.GiB(8), 8L), (answer.Before.NodesUp, answer.Before.MemoryFree, answer.Before.CpusFree));
        Assert.Equal((true, Bytes.GiB(2)), (answer.Before.OneMoreNode, answer.Before.LargestVm));
        Assert.Equal((2, Bytes.Zero, 0L), (answer.After.NodesUp, answer.After.MemoryFree, answer.After.CpusFree));
        Assert.Equal((false, Bytes.Zero), (answer.After.OneMoreNode, answer.After.LargestVm));
        Assert.Matches("^without n[34], 4 of its 4 instances would wait$", answer.After.OneMoreNodeWhy);
    }

    [Fact]
    public void Who_finds_no_place_waits_and_it_is_said_why()
    {
        var answer = Play(SavedCluster.Of(3, 1, 2, room: 3), "power-off n1 n2");

        var waiting = answer.Instances.Where(vm => vm.Ends == "waiting").ToList();
        Assert.Equal(3, waiting.Count);
        Assert.All(waiting, vm =>
        {
            Assert.Null(vm.On);
            Assert.Equal("no node can take it: up refuses 2 nodes, capacity refuses 1 node", vm.Why);
        });
        Assert.Equal((0, 3), (answer.Before.Waiting, answer.After.Waiting));
    }

    [Fact]
    public void The_controller_of_a_saved_cluster_stands_apart_so_losing_most_nodes_leaves_it_deciding()
    {
        var answer = Play(SavedCluster.Of(5, 1, 1), "power-off n1 n2 n3");

        Assert.Equal(3, answer.Nodes.Count(node => node.DeadSeconds is not null));
        Assert.All(answer.Instances, vm => Assert.Equal("running", vm.Ends));
    }

    [Fact]
    public void Without_a_power_reading_a_silent_node_that_may_run_on_keeps_its_instances_waiting_for_a_proof()
    {
        var saved = SavedCluster.Of(3, 1, 1, room: 8, node =>
            node with { Bmc = null, Watchdog = WatchdogKind.None });

        var answer = Play(saved, "power-off n1");

        var vm = Assert.Single(answer.Instances);
        Assert.Equal(("vm-1-1", "down", null), (vm.Instance, vm.Ends, vm.On));
        Assert.StartsWith("it may still run on n1", vm.Why);
    }

    [Fact]
    public void Actions_come_all_at_once_or_apart()
    {
        var saved = SavedCluster.Of(3, 2, 1);

        var together = Play(saved, "power-off n1", "power-off n2");
        var apart = WhatIfRun.Of(
            "shop", saved, new Epoch(7), SavedCluster.At, ["power-off n1", "power-off n2"], TimeSpan.FromSeconds(30),
            new PlayOptions()).Run!.Answer;

        Assert.All(together.Nodes, node => Assert.InRange(node.DeadSeconds!.Value, 2, 6));
        Assert.InRange(apart.Nodes.Single(node => node.Node == "n2").DeadSeconds!.Value, 32, 36);
    }

    [Fact]
    public void A_rack_is_named_as_the_cluster_names_it()
    {
        var answer = Play(SavedCluster.Of(3, 2, 1), "rack-power-off r2 bmc=alive");

        Assert.Equal(["n3", "n4"], answer.Nodes.Select(node => node.Node));
        Assert.All(answer.Nodes, node => Assert.Equal(("r2", "power lost"), (node.Rack, node.Fault)));
        Assert.Equal(2, answer.Instances.Count(vm => vm.Ends == "running"));
    }

    [Fact]
    public void An_order_is_an_action_too()
    {
        var vm = Assert.Single(Play(SavedCluster.Of(2, 1, 1), "set vm-1-1 desired=stopped").Instances);

        Assert.Equal(("vm-1-1", "stopped"), (vm.Instance, vm.Ends));
    }

    [Fact]
    public void A_node_that_was_down_when_the_state_was_saved_is_off_and_named()
    {
        var saved = SavedCluster.Of(3, 1, 1);
        var lost = saved.Nodes[new NodeName("n3")] with { Phase = NodePhase.Lost };

        var answer = Play(saved with { Nodes = saved.Nodes.SetItem(lost.Name, lost) }, "power-off n1");

        Assert.Contains("n3: lost in the snapshot, played as off", answer.Notes);
        Assert.Equal(2, answer.Before.NodesUp);
    }

    [Fact]
    public void What_is_inside_guests_is_named_as_not_played() =>
        Assert.Contains(Play(SavedCluster.Of(2, 1, 1), "power-off n1").Notes, note =>
            note.StartsWith("vm-1-1, vm-2-1: programs and probes inside guests are not run", StringComparison.Ordinal));

    [Fact]
    public void The_same_seed_plays_the_same()
    {
        var saved = SavedCluster.Of(3, 2, 2);

        Assert.Equal(
            Scenario.Plays.TraceOf(Run(saved, "power-off n1").Played),
            Scenario.Plays.TraceOf(Run(saved, "power-off n1").Played));
    }

    [Theory]
    [InlineData("power-of n1", "the verb \"power-of\" is not known", "did you mean \"power-off\"? (there are add, ")]
    [InlineData("power-off n9", "names node \"n9\", which does not exist", "(there are n1, n2)")]
    [InlineData("rack-power-off r9", "names rack \"r9\", which does not exist", "(there are r1, r2)")]
    [InlineData("set vm-9-9 desired=stopped", "names VM \"vm-9-9\", which does not exist", "vm-1-1, vm-2-1)")]
    [InlineData("set vm-1-1 desired=off", "is \"off\", which is not known here", "running, stopped, unmanaged")]
    [InlineData("set vm-1-1", "is missing", "add \"desired:\"")]
    [InlineData("isolate", "is nothing, not a name", "write a name")]
    [InlineData("power-off n1 for=3s", "is not known", "")]
    [InlineData("\"", "is not known", "")]
    public void A_wrong_action_is_refused_with_what_there_is(string line, string reason, string remedy)
    {
        var (run, errors) = WhatIfRun.Of(
            "shop", SavedCluster.Of(2, 1, 1), new Epoch(7), SavedCluster.At, ["power-off n1", line], null,
            new PlayOptions());

        Assert.Null(run);
        Assert.Contains(errors, error => error.Object == "--do" && error.Reason.Contains(reason)
            && error.Remedy.Contains(remedy) && error.Field == $"\"{line}\"");
    }

    [Theory]
    [InlineData("power-off n1", "{\"power-off\": n1}")]
    [InlineData("power-off n1, n2", "{\"power-off\": [n1, n2]}")]
    [InlineData("move web-1 to=n2 live=true", "{\"move\": web-1, \"to\": n2, \"live\": true}")]
    [InlineData("partition [[n1, n2], [n3]]", "{\"partition\": [[n1, n2], [n3]]}")]
    [InlineData("{pause: freeze}", "{pause: freeze}")]
    [InlineData("resume all", "{\"resume\": all}")]
    public void A_line_becomes_the_scenarios_own_form(string line, string yaml) =>
        Assert.Equal(yaml, ActionLine.ToYaml(line));

    private static WhatIfAnswer Play(Ledger saved, params string[] lines) => Run(saved, lines).Answer;

    private static WhatIfRun Run(Ledger saved, params string[] lines)
    {
        var (run, errors) = WhatIfRun.Of(
            "shop", saved, new Epoch(7), SavedCluster.At, [.. lines], null, new PlayOptions());
        Assert.Empty(errors);
        return run!;
    }
}
