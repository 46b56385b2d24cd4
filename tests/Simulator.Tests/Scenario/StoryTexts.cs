namespace Havm.Simulator.Tests.Scenario;

/// <summary>Scenarios that several tests play.</summary>
internal static class StoryTexts
{
    /// <summary>A rack loses its power; its VMs start in the other, none twice.</summary>
    public const string RackCut = """
        schema: havm-scenario/1
        name: rack-cut
        needs: [self-fencing]
        racks: {r1: [a1, a2], r2: [b1, b2], r3: [c1, c2]}
        nodes: {a1: {}, a2: {}, b1: {}, b2: {}, c1: {}, c2: {}}
        vms:
          web-1: {node: a1, availability-set: web}
          web-2: {node: b1, availability-set: web}
          db-1: {node: b2, priority: 1}
          idle: {node: b2, desired: stopped}
        steps:
          - do: [{power-on: a1}]
            then: {web-1: a1, web-2: b1, db-1: b2, idle: stopped}
          - after: 100s
            do: [{power-off: [b1, b2]}]
            then: {web-1: auto, web-2: [a2, c1, c2], db-1: any-node, idle: stopped}
          - after: 60s
            do: [{power-on: [b1, b2]}]
            then: {web-1: auto, web-2: auto, db-1: auto}
        expect: {fenced: [b1, b2], never-fenced: [a1, a2, c1, c2], untouched: [web-1], recovery-within: 20s}
        """;

    /// <summary>A cut-off node ends what its lease binds by itself; only what is left running has it fenced.</summary>
    public const string LeasesEnd = """
        schema: havm-scenario/1
        name: leases-end
        nodes: {n1: {}, n2: {}, n3: {}, n4: {}}
        vms:
          off: {node: n3, isolation: powerOff}
          paused: {node: n3, isolation: pause}
          stopping: {node: n4, isolation: stop}
          kept: {node: n2, isolation: leaveRunning}
        steps:
          - do: [{power-on: n1}]
          - after: 100s
            do: [{isolate: n3}]
            then: {off: [n1, n2, n4], paused: [n1, n2, n4], stopping: n4, kept: n2}
          - after: 300s
            do: [{reconnect: n3}]
            then: {kept: n2, off: auto, paused: auto, stopping: n4}
          - after: 100s
            do: [{isolate: n4}]
            then: {stopping: any-node, kept: n2}
        expect: {never-fenced: [n1, n2, n3, n4], untouched: [kept]}
        """;

    /// <summary>The node that the leader runs on is lost with its VM; another replica leads, and recovers it.</summary>
    public const string LeaderLost = """
        schema: havm-scenario/1
        name: leader-lost
        nodes: {n1: {}, n2: {}, n3: {}}
        vms: {one: {node: n1}, two: {node: n2}, three: {node: n3}}
        steps:
          - do: [{power-on: n1}]
          - after: 100s
            do: [{power-off: n1}]
            then: {one: [n2, n3], two: n2, three: n3}
          - after: 100s
            do: [{isolate: n2}, {power-on: n1}]
            then: {one: auto, two: any-node, three: n3}
        expect: {fenced: [n1, n2], never-fenced: [n3], untouched: [three], recovery-within: 70s}
        """;

    /// <summary>An announced reboot gives no verdict: its VM waits for its own node and comes back there.</summary>
    public const string RebootHeld = """
        schema: havm-scenario/1
        name: reboot-held
        nodes: {n1: {}, n2: {}, n3: {}}
        vms: {one: {node: n2}, two: {node: n3}}
        policy: {on-shutdown: hold}
        steps:
          - do: [{power-on: n1}]
          - after: 60s
            do: [{reboot: n2}]
            then: {one: n2, two: n3}
          - after: 60s
            do: [{shutdown: n3}]
            then: {one: n2, two: held}
          - after: 120s
            do: [{power-on: n3}]
            then: {one: n2, two: n3}
        expect: {never-fenced: [n1, n2, n3]}
        """;
}
