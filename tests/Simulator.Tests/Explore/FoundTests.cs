using Havm.Simulator.Tests.Scenario;

namespace Havm.Simulator.Tests.Explore;

/// <summary>What exploring found, each as the smallest scenario that showed it.</summary>
public sealed class FoundTests
{
    /// <summary>
    /// Seed 93002740: what a node serves began by a clock that was 17 hours ahead, and each diagnosis of it seemed to
    /// be of before that: it was ordered anew with every commit.
    /// </summary>
    [Fact]
    public void A_probation_that_a_clock_which_was_ahead_has_noted_begins_anew_and_is_diagnosed_once() =>
        Plays.Passes("""
            schema: havm-scenario/1
            name: noted-ahead
            racks: {r1: [n1, n2, n3, n4]}
            nodes: {n1: {}, n2: {}, n3: {}, n4: {}}
            vms: {}
            policy: {node-life: {departures: 2, within: 4m, quarantine: 116s, probation: 13s, diagnose-again: 60s}}
            steps:
              - after: 80s
                do: [{power-off: n2}]
              - after: 53s
                settle: false
                do: [{skew-clock: n1, by: 62594s, drift: 1}]
              - after: 6s
                settle: false
                do: [{power-on: n2}]
              - after: 7s
                settle: false
                do: [{lose-datastore: n2}]
              - after: 95s
                settle: false
                do: [{repair-clock: n1}]
              - after: 300s
                settle: false
                do: [{restore-datastore: n2}]
            """);

    /// <summary>
    /// Seed 87001184: a state was put back to its beginning, which gives out a generation that its node knows to be
    /// over, and which no try there ever gets past the warden.
    /// </summary>
    [Fact]
    public void What_an_old_state_gives_a_node_that_knows_it_to_be_over_is_taken_back_and_started_anew() =>
        Plays.Passes("""
            schema: havm-scenario/1
            name: given-out-again
            racks: {r1: [n1], r2: [n2], r5: [n5]}
            nodes: {n1: {}, n2: {}, n5: {}}
            vms: {v4: {node: n2, faults: {start: 3, only-on: n2}, retries: {here: 0, elsewhere: 0}}}
            steps:
              - after: 1s
                do: [{restore-backup: all}]
              - after: 1s
                settle: false
                do: [{power-off: n2}]
              - after: 95s
                settle: false
                do: [{adopt-state: all}, {power-on: n2}]
              - after: 60s
                settle: false
                do: [{power-on: n2}]
                then: {v4: [any-node, failed]}
            """);

    /// <summary>
    /// Seed 61000192: its warden had begun to stop it as its lease ran out, and then the lease was fresh.
    /// </summary>
    [Fact]
    public void What_a_disk_error_holds_while_the_lease_s_end_has_it_shut_down_is_begun_anew() => Plays.Passes("""
        schema: havm-scenario/1
        name: stopped-while-held
        racks: {r1: [n1], r2: [n2], r3: [n3]}
        nodes: {n1: {}, n2: {}, n3: {powered: false}}
        vms: {v2: {node: n2, isolation: stop}}
        rules: [{pin: [v2], to: {n1: 1, n2: 1}, hard: true}]
        steps:
          - after: 1s
            do: [{power-on: n3}, {lose-datastore: n2}]
          - after: 1s
            settle: false
            do: [{isolate: n1}]
          - after: 267s
            settle: false
            do: [{restore-datastore: n2}, {power-on: [n1, n2, n3]}]
            then: {v2: any-node}
        """);

    [Fact]
    public void What_a_host_tells_late_of_a_seat_that_is_over_ends_with_its_recovery() => Plays.Passes("""
        schema: havm-scenario/1
        name: told-late
        racks: {r1: [n1, n2, n3]}
        nodes: {n1: {}, n2: {}, n3: {}}
        vms: {v1: {node: n3, isolation: powerOff}, v2: {node: n3}}
        rules: [{together: [v1, v2]}]
        steps:
          - do: [{isolate: n3}]
          - after: 15s
            settle: false
            do: [{restart-agent: n3}]
          - after: 7s
            settle: false
            do: [{reconnect: n3}]
          - after: 20s
            do: [{power-on: n3}]
            then: {v1: any-node, v2: any-node}
        """);

    [Fact]
    public void What_a_host_repaired_when_it_rebooted_ends_with_what_starts_there_again() => Plays.Passes("""
        schema: havm-scenario/1
        name: rebooted
        nodes: {n1: {}, n3: {}}
        vms: {v2: {node: n3, isolation: powerOff}}
        steps:
          - do: [{isolate: n3}]
          - after: 9.634s
            settle: false
            do: [{reboot: n3}]
          - after: 3.112s
            settle: false
            do: [{reconnect: n3}]
          - after: 60s
            do: [{power-on: n3}]
            then: {v2: any-node}
        """);

    [Fact]
    public void A_leader_that_comes_up_on_a_node_that_was_to_be_fenced_does_not_fence_it() => Plays.Passes("""
        schema: havm-scenario/1
        name: fenced-itself
        racks: {r1: [n1, n2, n3, n4]}
        nodes: {n1: {}, n2: {}, n3: {}, n4: {}}
        vms: {v2: {node: n1}}
        policy: {on-shutdown: hold}
        steps:
          - do: [{power-off: n4}]
          - after: 1s
            settle: false
            do: [{power-on: n4}]
          - after: 7.973s
            settle: false
            do: [{power-off: n1}]
          - after: 9.368s
            settle: false
            do: [{power-on: n1}]
          - after: 2.579s
            settle: false
            do: [{shutdown: n3}]
          - after: 15s
            settle: false
            do: [{power-on: n1}]
            then: {v2: any-node}
        """);

    [Fact]
    public void Who_switches_on_a_node_whose_BMC_is_not_believed_gets_it_back() => Plays.Passes("""
        schema: havm-scenario/1
        name: not-believed
        racks: {r1: [n1], r3: [n3], r4: [n4]}
        nodes: {n1: {}, n3: {}, n4: {}}
        vms: {v1: {node: n3}}
        steps:
          - after: 131.805s
            do: [{slow: n1, by: 2789ms}]
          - after: 122.986s
            settle: false
            do: [{power-off: n3}]
          - after: 5s
            settle: false
            do: [{heal: all}]
          - after: 60s
            settle: false
            do: [{power-on: n3}]
            then: {v1: any-node}
        """);

    [Fact]
    public void What_shut_down_while_its_agent_hung_is_started_again() => Plays.Passes("""
        schema: havm-scenario/1
        name: shut-down-unseen
        nodes: {n1: {}, n2: {}}
        vms: {v3: {node: n2, isolation: stop}}
        steps:
          - do: [{hang-agent: n2}]
          - after: 1s
            settle: false
            do: [{stall-controller: n1, for: 20s}]
          - after: 14s
            settle: false
            do: [{restart-agent: n2}]
            then: {v3: any-node}
        """);

    [Fact]
    public void A_repair_whose_agent_is_restarted_in_the_middle_of_it_ends_all_the_same() => Plays.Passes("""
        schema: havm-scenario/1
        name: forgotten-repair
        nodes: {n1: {}}
        vms: {v2: {node: n1}}
        steps:
          - do: [{kill-vm: v2}]
          - settle: false
            do: [{hang-agent: n1}]
          - after: 99s
            settle: false
            do: [{restart-agent: n1}]
          - after: 60s
            do: [{power-on: n1}]
            then: {v2: n1}
        """);

    [Fact]
    public void A_controller_that_stands_still_with_its_office_lost_holds_no_node_up() => Plays.Passes("""
        schema: havm-scenario/1
        name: stands-still
        racks: {r2: [n2], r3: [n3], r4: [n4], r5: [n5]}
        nodes: {n2: {}, n3: {}, n4: {}, n5: {}}
        vms: {v3: {node: n2}, v4: {node: n5, isolation: powerOff}}
        steps:
          - after: 87.357s
            settle: false
            do: [{stall-controller: n2, for: 38s}]
            then: {v3: n2, v4: n5}
        """);

    [Fact]
    public void The_cable_of_a_node_that_is_known_to_be_off_says_nothing() => Plays.Passes("""
        schema: havm-scenario/1
        name: known-to-be-off
        racks: {r1: [n1, n3, n5], r2: [n2, n4]}
        nodes: {n1: {}, n2: {}, n3: {}, n4: {}, n5: {}}
        vms: {v1: {node: n1}}
        steps:
          - after: 1s
            do: [{isolate: n1}]
          - after: 1s
            settle: false
            do: [{power-off: n2}]
          - after: 8s
            settle: false
            do: [{isolate: n2}]
            then: {v1: any-node}
        """);

    [Fact]
    public void Members_of_a_set_that_belong_together_come_home_together() => Plays.Passes("""
        schema: havm-scenario/1
        name: home-together
        racks: {r1: [n1], r2: [n2], r3: [n3]}
        nodes: {n1: {powered: false}, n2: {powered: false}, n3: {}}
        vms: {v1: {node: n1, availability-set: set-a}, v2: {node: n1, availability-set: set-a}}
        rules: [{together: [v2, v1]}]
        policy: {on-reboot: drain}
        steps:
          - after: 1s
            do: [{power-on: n1}]
          - after: 19s
            settle: false
            do: [{power-on: n2}]
          - after: 1.356s
            settle: false
            do: [{reboot: n1}]
          - after: 1s
            settle: false
            do: [{hang-warden: n3, for: 14s}]
          - after: 25.634s
            settle: false
            do: [{power-on: [n1, n2, n3]}]
            then: {v1: any-node, v2: any-node}
        """);

    [Fact]
    public void A_node_that_said_that_it_reboots_is_no_sign_that_others_are_cut_off() => Plays.Passes("""
        schema: havm-scenario/1
        name: said-that-it-reboots
        racks: {r1: [n1, n5], r2: [n2], r3: [n3], r4: [n4]}
        nodes: {n1: {}, n2: {}, n3: {}, n4: {}, n5: {}}
        vms: {v1: {node: n2}}
        steps:
          - after: 1s
            do: [{reboot: n3}]
          - after: 6s
            settle: false
            do: [{isolate: n3}]
          - after: 1s
            settle: false
            do: [{isolate: n2}]
            then: {v1: any-node}
        """);

    [Fact]
    public void A_panic_under_hands_off_is_repaired_after_it_though_the_agent_restarted() => Plays.Passes("""
        schema: havm-scenario/1
        name: panicked-under-hands-off
        nodes: {n6: {}}
        vms: {v2: {node: n6}}
        steps:
          - after: 1s
            do: [{pause: hands-off}]
          - after: 2s
            settle: false
            do: [{panic-guest: v2}]
          - after: 1s
            settle: false
            do: [{restart-agent: n6}]
          - after: 60s
            settle: false
            do: [{resume: all}]
            then: {v2: any-node}
        """);

    [Fact]
    public void A_later_boot_that_loses_its_power_too_concerns_nothing_that_was_proven_before() => Plays.Passes("""
        schema: havm-scenario/1
        name: flickers
        racks: {r1: [n1, n4], r2: [n2, n5]}
        nodes: {n1: {}, n2: {}, n4: {}, n5: {}}
        vms: {v4: {node: n5}}
        steps:
          - after: 1s
            do: [{power-off: n5}]
          - after: 3s
            settle: false
            do: [{power-on: n5}, {power-off: n5}]
            then: {v4: any-node}
        """);

    [Fact]
    public void A_member_that_failed_holds_its_set_back_until_somebody_looks() => Plays.Passes("""
        schema: havm-scenario/1
        name: failed-member
        racks: {r1: [n1, n3], r2: [n2, n4]}
        nodes: {n1: {}, n2: {}, n3: {}, n4: {}}
        vms:
          v1: {node: n3, availability-set: set-a, faults: {start: 2}}
          v2: {node: n1, availability-set: set-a, faults: {start: 4, only-on: n3}, retries: {here: 1, elsewhere: 0}}
          v3: {node: n2}
          v4: {node: n3}
          v5: {node: n2}
          v6: {node: n4}
        rules: [{together: [v3, v5]}]
        policy: {rebalance: {threshold: 0.4, hold: 17s}}
        steps:
          - after: 89.314s
            do: [{power-off: n2}]
          - after: 5s
            settle: false
            do: [{power-on: [n1, n2, n3, n4]}]
            then: {v1: [any-node, failed], v2: [any-node, failed], v3: any-node}
        """);

    [Fact]
    public void A_warden_that_goes_on_while_its_node_stands_still_hears_what_it_was_told_meanwhile() => Plays.Passes("""
        schema: havm-scenario/1
        name: hangs-and-stalls
        nodes: {n4: {}}
        vms: {v4: {node: n4}}
        steps:
          - after: 1s
            do: [{resize: v4, cpu: 3, memory: 5GiB}, {hang-warden: n4, for: 2s}]
          - after: 1s
            settle: false
            do: [{stall: n4, for: 2s}]
          - after: 120s
            settle: false
            do: [{power-on: n4}]
            then: {v4: any-node}
        """);
}
