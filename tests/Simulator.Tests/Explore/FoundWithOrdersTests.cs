using Havm.Simulator.Tests.Scenario;

namespace Havm.Simulator.Tests.Explore;

/// <summary>
/// What exploring found once it drew all that people order and do by hand, each as the smallest scenario.
/// </summary>
public sealed class FoundWithOrdersTests
{
    [Fact]
    public void What_is_unmanaged_when_its_node_reboots_is_left_as_it_is() => Plays.Passes("""
        schema: havm-scenario/1
        name: left-as-it-is
        nodes: {n1: {}, n3: {}, n4: {}}
        vms: {v1: {node: n1}}
        steps:
          - after: 1s
            do: [{reboot: n1}]
          - after: 7s
            settle: false
            do: [{set: v1, desired: unmanaged}]
            then: {v1: unmanaged}
        """);

    [Fact]
    public void A_guest_that_panicked_while_nobody_listened_is_begun_anew() => Plays.Passes("""
        schema: havm-scenario/1
        name: panicked-unheard
        nodes: {n1: {}, n2: {}}
        vms: {v5: {node: n1, faults: {start: 2}}}
        steps:
          - after: 1s
            do: [{hang-agent: n2}]
          - after: 1s
            settle: false
            do: [{panic-guest: v5}]
          - after: 93s
            settle: false
            do: [{restart-agent: n2}]
            then: {v5: any-node}
        """);

    [Fact]
    public void A_guest_that_panicked_and_cannot_be_ended_stays_as_it_is() => Plays.Passes("""
        schema: havm-scenario/1
        name: panicked-for-good
        nodes: {n1: {}}
        vms: {v4: {node: n1, faults: {stop: always}}}
        steps:
          - after: 1s
            do: [{panic-guest: v4}]
            then: {v4: [stop-pending, down]}
        """);

    [Fact]
    public void A_node_that_reboots_before_all_has_left_it_goes_by_its_own_word() => Plays.Passes("""
        schema: havm-scenario/1
        name: goes-before
        nodes: {n3: {}, n5: {}, n6: {}}
        vms: {v1: {node: n3, faults: {stop: always}}}
        policy: {on-reboot: drain}
        steps:
          - after: 1s
            do: [{reboot: n3}]
            then: {v1: any-node}
        """);

    [Fact]
    public void Nobody_orders_anything_of_a_VM_before_it_is_there() => Plays.Passes("""
        schema: havm-scenario/1
        name: before-it-is-there
        nodes: {n1: {}}
        vms: {}
        steps:
          - after: 1s
            do: [{add: v8, node: n1, already-running: true}, {set: v8, desired: stopped}]
            then: {v8: stopped}
        """);

    [Fact]
    public void What_people_start_on_a_node_that_nobody_hears_is_taken_up_when_it_is_heard() => Plays.Passes("""
        schema: havm-scenario/1
        name: started-unheard
        nodes: {n4: {}, n5: {}, n6: {}}
        vms: {}
        steps:
          - after: 1s
            do: [{isolate: n6}]
          - after: 27s
            do: [{add: v7, node: n6, already-running: true}]
          - after: 30s
            settle: false
            do: [{reconnect: n6}]
            then: {v7: any-node}
        """);

    [Fact]
    public void What_is_moved_by_hand_and_by_order_at_once_runs_once() => Plays.Passes("""
        schema: havm-scenario/1
        name: moved-twice
        nodes: {n1: {}, n3: {}, n4: {}}
        vms: {v2: {node: n4}}
        steps:
          - after: 1s
            do: [{moved-by-hand: v2, to: n1}, {move: v2, to: n3}]
            then: {v2: any-node}
        """);

    [Fact]
    public void What_cannot_be_stopped_does_not_follow_what_it_belongs_to() => Plays.Passes("""
        schema: havm-scenario/1
        name: cannot-follow
        nodes: {n1: {}, n3: {}}
        vms: {v1: {node: n3, faults: {stop: always}}, v2: {node: n3}}
        rules: [{together: [v1, v2]}]
        steps:
          - after: 1s
            do: [{move: v1, to: n1}]
            then: {v1: [any-node, stop-pending]}
        """);

    [Fact]
    public void What_people_put_where_a_rule_forbids_it_is_moved_away() => Plays.Passes("""
        schema: havm-scenario/1
        name: put-by-hand
        nodes: {n2: {}, n3: {}, n6: {}}
        vms: {v2: {node: n3}, v7: {node: n6}}
        rules: [{apart: [v2, v7]}]
        steps:
          - after: 1s
            do: [{moved-by-hand: v2, to: n6}]
          - after: 1s
            settle: false
            do: [{restart-agent: n2}]
            then: {v2: any-node, v7: any-node}
        """);

    [Fact]
    public void A_store_whose_leading_member_died_serves_nobody_until_it_has_another() => Plays.Passes("""
        schema: havm-scenario/1
        name: leading-member
        nodes: {n1: {}, n3: {}, n5: {}}
        vms: {v5: {node: n3, faults: {start: 2, move: 1}}}
        steps:
          - after: 1s
            do: [{hit-leader: cut-store}]
          - after: 1s
            settle: false
            do: [{hang-warden: n1, for: 20s}]
            then: {v5: any-node}
        """);

    [Fact]
    public void What_panicked_before_it_was_taken_up_is_begun_anew_when_it_is() => Plays.Passes("""
        schema: havm-scenario/1
        name: panicked-by-hand
        nodes: {n2: {}, n4: {}}
        vms: {v1: {node: n2}}
        steps:
          - after: 1s
            do: [{moved-by-hand: v1, to: n4}]
          - after: 1s
            settle: false
            do: [{panic-guest: v1}]
            then: {v1: any-node}
        """);

    [Fact]
    public void What_is_added_in_a_freeze_is_ordered_when_it_is_made() => Plays.Passes("""
        schema: havm-scenario/1
        name: added-in-a-freeze
        nodes: {n3: {}}
        vms: {}
        steps:
          - after: 1s
            do: [{add: v3, node: n3}, {pause: freeze}]
          - after: 1s
            settle: false
            do: [{set: v3, desired: unmanaged}]
          - after: 60s
            settle: false
            do: [{resume: all}]
            then: {v3: unmanaged}
        """);

    [Fact]
    public void A_guest_that_hangs_is_begun_anew_though_it_was_held_meanwhile() => Plays.Passes("""
        schema: havm-scenario/1
        name: hangs-and-is-held
        nodes: {n1: {}, n2: {}, n3: {}}
        vms: {v5: {node: n2, isolation: pause, monitoring: vm}}
        steps:
          - after: 60s
            do: [{hang-guest: v5}]
          - after: 5s
            settle: false
            do: [{isolate: n2}]
          - after: 15s
            settle: false
            do: [{power-on: n2}]
            then: {v5: any-node}
        """);

    [Fact]
    public void What_cannot_be_ended_cannot_be_moved_by_hand_either() => Plays.Passes("""
        schema: havm-scenario/1
        name: stays-by-hand
        nodes: {n4: {}, n6: {}}
        vms: {v2: {node: n4, faults: {stop: always}}}
        steps:
          - after: 1s
            do: [{moved-by-hand: v2, to: n6}]
            then: {v2: n4}
        """);

    [Fact]
    public void What_goes_on_beside_a_rival_that_people_put_there_is_parted_from_it() => Plays.Passes("""
        schema: havm-scenario/1
        name: beside-a-rival
        nodes: {n1: {}, n2: {}, n3: {powered: false}, n4: {}}
        vms: {v1: {node: n3, isolation: pause}, v3: {node: n4}, v4: {node: n1}}
        rules: [{apart: [v1, v3]}]
        steps:
          - after: 7s
            do: [{slow: n1, by: 1526ms}]
          - after: 19.461s
            settle: false
            do: [{moved-by-hand: v3, to: n2}]
          - after: 111.371s
            settle: false
            do: [{heal: all}]
            then: {v1: any-node, v3: any-node, v4: any-node}
        """);

    [Fact]
    public void A_node_on_which_it_met_the_locks_of_a_copy_takes_it_back_as_a_rule_asks() => Plays.Passes("""
        schema: havm-scenario/1
        name: met-the-locks
        nodes: {n1: {}, n2: {}, n5: {}}
        vms: {v1: {node: n1}}
        rules:
          - {pin: [v1], to: {n1: 1, n2: 1}, hard: true}
        steps:
          - after: 1s
            do: [{shutdown: n1}]
          - after: 7s
            settle: false
            do: [{moved-by-hand: v1, to: n5}]
          - after: 60s
            do: [{usage: v1, cpu: 1}]
            then: {v1: n2}
        """);

    [Fact]
    public void What_was_given_a_seat_on_a_node_that_is_cut_off_may_have_begun_there() => Plays.Passes("""
        schema: havm-scenario/1
        name: may-have-begun
        racks: {r1: [n1], r2: [n2], r3: [n3], r4: [n4], r5: [n5]}
        nodes: {n1: {}, n2: {powered: false}, n3: {}, n4: {}, n5: {}}
        vms: {v1: {node: n2}, v3: {node: n5}, v5: {node: n1, isolation: pause}, v6: {node: n1, faults: {start: 2}}}
        steps:
          - after: 1s
            do: [{hang-agent: n1}]
          - after: 1.66s
            settle: false
            do: [{maintenance-on: n4}]
          - after: 1s
            settle: false
            do: [{isolate: n1}]
        """);

    [Fact]
    public void A_member_of_a_set_that_does_not_run_is_not_taken_away_by_its_move() => Plays.Passes("""
        schema: havm-scenario/1
        name: not-taken-away
        racks: {r1: [n1, n2, n3]}
        nodes: {n1: {}, n2: {}, n3: {}}
        vms: {v1: {node: n2, availability-set: set-a}, v3: {node: n3, availability-set: set-a, isolation: pause}}
        rules:
          - {apart: [v1, v3]}
        steps:
          - after: 1s
            do: [{partition: [[n1], [n2, n3]]}]
          - after: 11s
            settle: false
            do: [{shutdown: n2}]
          - after: 21s
            settle: false
            do: [{heal: all}, {power-on: n2}]
            then: {v1: any-node, v3: any-node}
        """);

    [Fact]
    public void What_a_disk_error_holds_was_stopped_by_no_lease() => Plays.Passes("""
        schema: havm-scenario/1
        name: held-by-its-disk
        racks: {r2: [n2]}
        nodes: {n2: {}}
        vms: {v3: {node: n2}}
        steps:
          - after: 1s
            do: [{long-lease: 71s}]
          - after: 1s
            settle: false
            do: [{lose-datastore: n2}]
        """);

    [Fact]
    public void What_a_disk_error_holds_is_let_go_on_by_the_next_life_of_its_agent() => Plays.Passes("""
        schema: havm-scenario/1
        name: taken-up-while-held
        nodes: {n1: {}, n2: {}, n3: {}, n4: {}}
        vms: {v1: {node: n1}, v2: {node: n4}}
        steps:
          - after: 10s
            do: [{lose-datastore: n4}]
          - after: 24s
            settle: false
            do: [{restore-datastore: n4}, {restart-agent: n4}]
            then: {v1: n1, v2: n4}
        """);

    [Fact]
    public void What_a_disk_error_holds_was_stopped_by_nobody_while_disarmed() => Plays.Passes("""
        schema: havm-scenario/1
        name: held-while-disarmed
        needs: [pause]
        nodes: {n1: {}, n2: {}, n3: {}}
        vms: {v1: {node: n1}}
        steps:
          - after: 10s
            do: [{pause: freeze}]
          - after: 10s
            do: [{lose-datastore: n1}]
          - after: 60s
            settle: false
            do: [{restore-datastore: n1}]
          - after: 30s
            settle: false
            do: [{resume: all}]
            then: {v1: n1}
        """);
}
