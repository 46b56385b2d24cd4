using Havm.Simulator.Scenario.Running;
using Havm.Simulator.Tests.Scenario;

namespace Havm.Simulator.Tests.Explore;

/// <summary>What exploring found of starts in their order, each as the smallest scenario that showed it.</summary>
public sealed class FoundStartsTests
{
    /// <summary>
    /// Seed 99101507: the leader's clock was set ahead by hours while a start waited, which was over at once by that.
    /// </summary>
    [Fact]
    public void A_leader_s_clock_that_jumps_ahead_ends_no_wait_for_a_dependency() => Plays.Passes("""
        schema: havm-scenario/1
        name: jump-while-waiting
        racks: {r1: [n1, n2, n5]}
        nodes: {n1: {}, n2: {}, n5: {}}
        vms:
          v3: {node: n1, retries: {here: 2, elsewhere: 1}, uses: {cpu: 3, memory: 8GiB}}
          v6:
            node: n1
            depends-on: [{vm: v3, condition: running, timeout: 42s}]
            failback: false
            isolation: powerOff
            retries: {here: 1, elsewhere: 2}
            role: {limit: 0, stable-after: 24s, probe: {every: 1s, misses: 2}}
        steps:
          - after: 25.239s
            do: [{isolate: n1}]
          - after: 28.178s
            settle: false
            do: [{cut-datastore: n2}]
          - after: 0.832s
            settle: false
            do: [{skew-clock: n2, by: 63770s, drift: 0}]
        """, new PlayOptions { Seed = 99101507 });
}
