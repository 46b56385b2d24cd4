using Havm.Simulator.Tests.Scenario;

namespace Havm.Simulator.Tests.Explore;

/// <summary>What exploring found once people put backups back, each as the smallest scenario.</summary>
public sealed class FoundWithBackupsTests
{
    [Fact]
    public void A_move_that_is_overtaken_by_what_a_node_tells_is_over() => Plays.Passes("""
        schema: havm-scenario/1
        name: overtaken
        racks: {r1: [n4], r2: [n5]}
        nodes: {n4: {}, n5: {}}
        vms: {v7: {node: n4, faults: {start: 2}}}
        policy: {on-reboot: failover}
        steps:
          - after: 0.369s
            do: [{restore-backup: all}]
          - after: 371.143s
            settle: false
            do: [{reboot: n4}]
          - after: 5s
            settle: false
            do: [{adopt-state: all}, {restart-agent: n4}]
          - after: 60s
            do: [{power-on: [n4, n5]}]
            then: {v7: n5}
        """);

    [Fact]
    public void An_adoption_ends_no_disarm() => Plays.Passes("""
        schema: havm-scenario/1
        name: still-disarmed
        nodes: {n4: {cpu: 16, memory: 128GiB}}
        vms: {}
        steps:
          - after: 1s
            do: [{pause: freeze}]
          - after: 1s
            settle: false
            do: [{add: v5, node: n4, cpu: 3, memory: 3GiB}]
          - after: 1s
            settle: false
            do: [{adopt-state: all}]
          - after: 60s
            do: [{resume: all}]
            then: {v5: n4}
        """);

    [Fact]
    public void A_node_that_goes_by_its_own_word_is_asked_what_it_runs_like_any() => Plays.Passes("""
        schema: havm-scenario/1
        name: asked-like-any
        racks: {r2: [n2], r3: [n3], r4: [n4]}
        nodes: {n2: {}, n3: {}, n4: {}}
        vms: {}
        policy: {on-shutdown: drain}
        steps:
          - after: 28.562s
            do: [{pause: hands-off}]
          - after: 5.537s
            settle: false
            do: [{shutdown: n4}]
          - after: 83.516s
            settle: false
            do: [{adopt-state: all}, {isolate: n4}]
          - after: 3s
            settle: false
            do: [{add: v3, node: n4, cpu: 2, memory: 5GiB}]
          - after: 5s
            settle: false
            do: [{resume: all}, {power-on: n4}]
          - after: 60s
            settle: false
            do: [{usage: v3, cpu: 1}]
            then: {v3: any-node}
        """);

    [Fact]
    public void A_guest_that_shuts_down_as_a_long_lease_comes_was_asked_before() => Plays.Passes("""
        schema: havm-scenario/1
        name: asked-before
        racks: {r1: [n1, n2, n3, n4]}
        nodes: {n1: {}, n2: {}, n3: {}, n4: {}}
        vms: {v2: {node: n4, faults: {start: 4, only-on: n1}, isolation: stop}}
        steps:
          - after: 1s
            do: [{hang-agent: n3}]
          - after: 203.252s
            settle: false
            do: [{shutdown: n4}]
          - after: 14s
            settle: false
            do: [{loss: n1, percent: 64}]
          - after: 20s
            settle: false
            do: [{long-lease: 80s}]
        """);

    [Fact]
    public void A_link_that_is_joined_as_its_node_goes_off_carried_no_word() => Plays.Passes("""
        schema: havm-scenario/1
        name: carried-no-word
        racks: {r1: [n1], r2: [n2], r3: [n3]}
        nodes: {n1: {}, n2: {}, n3: {}}
        vms: {v3: {node: n1, isolation: powerOff}}
        steps:
          - after: 1s
            do: [{reboot: n2}]
          - after: 13s
            settle: false
            do: [{isolate: n1}]
          - after: 32s
            settle: false
            do: [{power-on: n1}, {power-off: n1}]
        """);

    [Fact]
    public void What_was_unmanaged_as_its_node_was_cut_off_is_ended_by_no_lease() => Plays.Passes("""
        schema: havm-scenario/1
        name: ended-by-no-lease
        racks: {r1: [n1, n2, n3]}
        nodes: {n1: {}, n2: {}, n3: {}}
        vms: {v5: {node: n3, isolation: pause}}
        steps:
          - after: 1s
            do: [{set: v5, desired: unmanaged}]
          - after: 1s
            settle: false
            do: [{isolate: n3}]
          - after: 1s
            settle: false
            do: [{set: v5, desired: stopped}]
            then: {v5: stopped}
        """);

    [Fact]
    public void Leases_starve_under_a_lossy_link_whatever_else_is_mended() => Plays.Passes("""
        schema: havm-scenario/1
        name: still-lossy
        racks: {r2: [n2], r3: [n3]}
        nodes: {n2: {}, n3: {}}
        vms: {v2: {node: n3, isolation: pause}}
        steps:
          - after: 1s
            do: [{loss: n3, percent: 84}]
          - after: 1s
            settle: false
            do: [{hang-agent: n2}]
          - after: 1s
            settle: false
            do: [{free-store: all}]
          - after: 300s
            settle: false
            do: [{heal: all}, {restart-agent: n2}]
        """);
}
