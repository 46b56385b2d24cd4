using Havm.Simulator.Tests.Scenario;

namespace Havm.Simulator.Tests.Explore;

/// <summary>What exploring found of guards, each as the smallest scenario that showed it.</summary>
public sealed class FoundGuardsTests
{
    /// <summary>
    /// Seed 98101345: what a leader whose clock was 47 min behind had ordered off was old by the clock of the next.
    /// </summary>
    [Fact]
    public void The_next_leader_counts_what_one_ordered_off_whose_clock_was_behind() => Plays.Passes("""
        schema: havm-scenario/1
        name: clock-behind
        racks: {r1: [n1], r2: [n2], r3: [n3], r4: [n4], r5: [n5]}
        nodes: {n1: {}, n2: {}, n3: {}, n4: {}, n5: {}}
        vms: {v1: {node: n1}}
        steps:
          - after: 1s
            do: [{cut-management: n1}]
          - after: 1s
            settle: false
            do: [{hang-guest: v1}]
          - after: 1s
            settle: false
            do: [{skew-clock: n2, by: -2815s, drift: -1}]
          - after: 41s
            settle: false
            do: [{power-off: n2}]
          - after: 1s
            settle: false
            do: [{power-on: n2}]
            then: {v1: [any-node, failed]}
        """);
}
