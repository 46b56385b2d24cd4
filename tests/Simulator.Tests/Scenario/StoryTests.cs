using Havm.Model;
using Havm.Simulator.Scenario;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Tests.Scenario;

/// <summary>Stories of our own, and what their traces must show.</summary>
public sealed class StoryTests
{
    [Fact]
    public void A_rack_loses_power_and_its_VMs_start_in_other_racks_by_the_word_of_its_BMCs()
    {
        var events = Plays.Passes(StoryTexts.RackCut).Events;

        var recovered = events.OfType<Acted>().Where(act => act.Kind == "recover").ToList();
        Assert.Equal(["db-1", "web-2"], recovered.Select(act => act.Vm).Order());
        Assert.All(recovered, act => Assert.Equal("fault", act.Cause));
        Assert.All(recovered, act => Assert.StartsWith("b", act.From, StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_lease_binds_ends_on_its_cut_off_node_before_it_runs_elsewhere_and_nobody_is_fenced()
    {
        var events = Plays.Passes(StoryTexts.LeasesEnd).Events;

        foreach (string vm in (string[])["off", "paused", "stopping"])
        {
            var recovered = events.OfType<Acted>().Single(act => act.Vm == vm && act.Kind == "recover");
            Assert.Equal("lease", recovered.Cause);
            Assert.Contains(events.OfType<VmChanged>(),
                e => e.Vm == vm && !e.Running && e.Node == recovered.From && e.At < recovered.At);
        }
    }

    [Fact]
    public void The_leader_s_node_is_lost_and_another_replica_recovers_its_VM()
    {
        var events = Plays.Passes(StoryTexts.LeaderLost).Events;

        Assert.Equal(["n1", "n2", "n1"], events.OfType<LeaderTook>().Select(leader => leader.Node));
    }

    [Fact]
    public void A_VM_waits_for_its_own_node_through_a_reboot_and_a_shutdown_that_were_announced()
    {
        var events = Plays.Passes(StoryTexts.RebootHeld).Events;

        Assert.DoesNotContain(events.OfType<Acted>(), act => act.Kind == "recover");
        Assert.Equal(
            ["shutdown"], events.OfType<PowerChanged>().Where(p => p.Node == "n3" && !p.On).Select(p => p.Why));
    }

    [Fact]
    public void A_fenced_node_stays_off_until_a_step_powers_it_on_which_also_joins_it_again()
    {
        var events = Plays.Passes(Plays.ThreeNodes + """
            vms: {one: {node: node3}, two: {node: node2}}
            steps:
              - do: [{power-on: [node1, node2, node3]}]
              - after: 60s
                do: [{isolate: node3}]
                then: {one: [node1, node2], two: node2}
              - after: 300s
                do: [{power-on: node3}]
                then: {one: auto, two: auto}
            """).Events;

        Instant ordered = events.OfType<Injected>().Single(i => i.Step == 3).At;
        Assert.Equal(
            ["True power-on order", "False fence fence", "True power-on order"],
            events.OfType<PowerChanged>().Where(p => p.Node == "node3").Select(p => $"{p.On} {p.Why} {p.Cause}"));
        Assert.Equal(ordered, events.OfType<PowerChanged>().Last(p => p.Node == "node3").At);
        Assert.Equal(ordered, events.OfType<LinkChanged>().Last(link => link is { Node: "node3", Up: true }).At);
        Assert.Equal("up", events.OfType<Snapshot>().Last().Nodes["node3"]);
    }

    [Fact]
    public void A_VM_that_is_removed_is_stopped_with_its_cause_and_then_absent()
    {
        var events = Plays.Passes(Plays.ThreeNodes + """
            needs: [vm-remove]
            vms: {one: {node: node2}, two: {node: node3}}
            steps:
              - do: [{power-on: [node1, node2, node3]}]
              - after: 60s
                do: [{remove: one}]
                then: {one: absent, two: node3}
            """).Events;

        Assert.Equal("order", events.OfType<Acted>().Single(act => act is { Vm: "one", Kind: "stop" }).Cause);
    }

    [Fact]
    public void What_is_promised_and_not_so_fails_with_the_step_and_what_is()
    {
        var outcome = Plays.Play(Plays.ThreeNodes + """
            vms: {one: {node: node2}, two: {node: node3}}
            steps:
              - do: [{power-on: [node1, node2, node3]}]
                then: {one: node1, two: stopped}
              - do: [{power-off: node3}]
                then: {two: waiting}
            expect: {fenced: node1, never-fenced: node3, untouched: two, recovery-within: 1s}
            """);

        Assert.Equal(ScenarioVerdict.Failed, outcome.Verdict);
        string all = string.Join('\n', outcome.Failures);
        Assert.Contains("step 1: one is running on node2, not node1", all, StringComparison.Ordinal);
        Assert.Contains("step 1: two is running on node3, not stopped", all, StringComparison.Ordinal);
        Assert.Contains("step 2: two is running on", all, StringComparison.Ordinal);
        Assert.Contains("expect fenced: node1 was not", all, StringComparison.Ordinal);
        Assert.Contains("expect never-fenced: node3 is fenced", all, StringComparison.Ordinal);
        Assert.Contains("expect untouched: two stops on node3", all, StringComparison.Ordinal);
        Assert.Contains("expect recovery-within 1 s: two took", all, StringComparison.Ordinal);
    }
}
