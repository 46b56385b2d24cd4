using Havm.Simulator.Tests.Scenario;

namespace Havm.Simulator.Tests.Explore;

/// <summary>What exploring found of moves and what holds them, each as the smallest scenario that showed it.</summary>
public sealed class FoundMovesTests
{
    /// <summary>
    /// Seed 98000680: the lock that refused a start freed while the agent that watched it hung, and a start that has
    /// no next try by time waited for ever to be told.
    /// </summary>
    [Fact]
    public void A_lock_that_frees_while_its_watcher_hangs_is_told_by_its_next_life() =>
        Plays.Passes("""
            schema: havm-scenario/1
            name: watcher-hangs
            nodes: {n1: {}, n2: {}, n3: {}}
            vms: {v1: {node: n1, retries: {here: 1, elsewhere: 0}}}
            steps:
              - after: 21s
                do: [{lock-disk: v1}]
              - after: 60s
                settle: false
                do: [{kill-vm: v1}]
              - after: 4s
                settle: false
                do: [{hang-agent: n1}]
              - after: 60s
                settle: false
                do: [{unlock-disk: v1}]
              - after: 10s
                settle: false
                do: [{restart-agent: n1}]
                then: {v1: any-node}
            """);

    /// <summary>
    /// Seed 98200085: what has no disk left its node with what it has to be together with, which had lost its own, and
    /// the incident of the lost path did not tell of it.
    /// </summary>
    [Fact]
    public void What_moves_with_an_instance_that_lost_its_disks_is_told_of_in_the_same_incident() => Plays.Passes("""
        schema: havm-scenario/1
        name: goes-with-it
        racks: {r1: [n3, n4]}
        nodes: {n3: {}, n4: {}}
        vms: {v2: {node: n3, diskless: true}, v3: {node: n3}}
        rules: [{together: [v2, v3]}]
        steps:
          - after: 1s
            do: [{lose-datastore: n3}]
          - after: 221s
            settle: false
            do: [{restore-datastore: n3}]
            then: {v2: any-node, v3: any-node}
        """);

    /// <summary>
    /// Seed 89001960: the agent of the other member's node is silent, and the member is held by a lost disk meanwhile.
    /// </summary>
    [Fact]
    public void No_member_is_moved_away_while_the_agent_of_another_s_node_is_silent() => Plays.Passes("""
        schema: havm-scenario/1
        name: silent-agent
        racks: {r1: [n1], r2: [n2], r3: [n3], r5: [n5]}
        nodes: {n1: {}, n2: {}, n3: {}, n5: {}}
        vms: {v2: {node: n1, availability-set: set-a}, v3: {node: n3, availability-set: set-a}}
        steps:
          - after: 2s
            do: [{hang-agent: n1}]
          - after: 2s
            settle: false
            do: [{lose-datastore: n1}]
          - after: 11s
            settle: false
            do: [{maintenance-on: n3}]
            then: {v3: n3}
          - after: 20s
            settle: false
            do: [{restart-agent: n1}, {restore-datastore: n1}]
            then: {v2: any-node, v3: [n1, n2, n5]}
        """);

    /// <summary>
    /// Seeds 87000165 and 87002606: of what sits on a node that is lost, or that a new leader has not heard, nobody
    /// knows whether it votes.
    /// </summary>
    [Fact]
    public void No_voter_is_moved_away_while_another_may_run_on_a_node_that_is_lost() => Plays.Passes("""
        schema: havm-scenario/1
        name: lost-voter
        racks: {r1: [n1, n2, n3, n4, n5]}
        nodes: {n1: {}, n2: {}, n3: {}, n4: {}, n5: {}}
        vms: {v1: {node: n3}, v2: {node: n5}, v3: {node: n1}}
        quorums: {q: {members: [v1, v2, v3]}}
        policy: {on-shutdown: hold}
        steps:
          - after: 1s
            do: [{shutdown: n5}]
          - after: 6s
            settle: false
            do: [{partition: [[n1], [n2, n3, n4, n5]]}]
          - after: 2s
            settle: false
            do: [{maintenance-on: n1}]
          - after: 60s
            settle: false
            do: [{heal: all}, {power-on: n5}]
            then: {v1: n3, v2: n5, v3: [n2, n3, n4, n5]}
        """);

    /// <summary>
    /// Seed 85002521: a guard held them until the node was gone, and then they were being moved from it for ever.
    /// </summary>
    [Fact]
    public void What_a_node_that_goes_with_drain_leaves_behind_starts_elsewhere() => Plays.Passes("""
        schema: havm-scenario/1
        name: left-behind
        racks: {r1: [n1, n2, n3, n4]}
        nodes: {n1: {}, n2: {}, n3: {}, n4: {}}
        vms: {v1: {node: n2}, v2: {node: n3}, v3: {node: n2}}
        quorums: {q: {members: [v1, v2, v3]}}
        rules: [{together: [v3, v1]}]
        policy: {on-shutdown: drain}
        steps:
          - after: 10s
            do: [{shutdown: n2}]
          - after: 700s
            settle: false
            do: [{heal: all}]
            then: {v1: [n1, n3, n4], v2: n3, v3: [n1, n3, n4]}
        """);

    [Fact]
    public void What_the_lease_ended_in_the_middle_of_a_move_is_over_where_it_is_ready() => Plays.Passes("""
        schema: havm-scenario/1
        name: lease-ended-a-move
        racks: {r1: [n1, n2, n3]}
        nodes: {n1: {}, n2: {}, n3: {}}
        vms: {v1: {node: n2, isolation: powerOff}}
        rules: [{pin: [v1], to: {n2: 1, n3: 1}, hard: true}]
        steps:
          - after: 1s
            do: [{move: v1, to: n3}, {slow: n1, by: 1726ms}, {shutdown: n3}]
          - after: 243.426s
            settle: false
            do: [{heal: all}, {power-on: n3}]
          - after: 60s
            settle: false
            do: [{power-on: n3}]
          - after: 240s
            do: [{power-on: n3}]
            then: {v1: any-node}
        """);

    [Fact]
    public void What_belongs_together_is_not_together_while_it_moves() => Plays.Passes("""
        schema: havm-scenario/1
        name: one-after-the-other
        racks: {r2: [n2], r3: [n3]}
        nodes: {n2: {}, n3: {}}
        vms: {v2: {node: n3}, v3: {node: n3, faults: {start: 2}}}
        rules: [{together: [v2, v3]}]
        policy: {on-reboot: drain}
        steps:
          - after: 1s
            do: [{reboot: n3}]
          - after: 1s
            settle: false
            do: [{slow: n2, by: 100ms}]
            then: {v2: any-node, v3: any-node}
        """);
}
