using Havm.Core;
using Havm.Core.Disarming;
using Havm.Core.Guards;
using Havm.Core.Healing;
using Havm.Core.Lifecycle;
using Havm.Core.Liveness;
using Havm.Core.Maintenance;
using Havm.Core.Moves;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.World;
using Havm.Simulator.World.Control;
using Havm.Simulator.World.Hosts;

namespace Havm.Simulator.Scenario.Running;

/// <summary>
/// Says whether things have settled: no operation in flight, no fence pending, nothing the controller still wants. It
/// compares what the controller believes with what is true, so that a fault nobody has noticed yet is not settled.
/// </summary>
public sealed class SettledWatch(VirtualWorld world)
{
    /// <summary>Without a leader every lease has run out by then, and what follows from that is done.</summary>
    private static readonly TimeSpan Leaderless = TimeSpan.FromSeconds(120);

    private Instant _led;

    /// <summary>Null when settled; else the first thing that is not, in a few words.</summary>
    public string? Unsettled()
    {
        if (world.IsBusy)
        {
            return "what was injected still goes on";
        }

        if (world.Leader is { } head && DisarmRule.InForce(head.Committed.Ledger) is { } disarm)
        {
            return OfDisarmed(head, disarm);
        }

        // A cut-off agent tries for ever to start what it holds a seat for; its gate is shut, so nothing comes of it.
        if (world.Hosts.FirstOrDefault(host =>
            !host.Settled && (host.Leaving || !host.Up || IsLed(host) && !HasStuck(host))) is { } busy)
        {
            return $"{busy.Name} is busy";
        }

        if (world.Leader is not { } leader)
        {
            return world.CanHaveLeader ? "no leader has taken office yet"
                : world.Hosts.Any(host => host.Up) && world.Time.Now - _led < Leaderless ? "leases may still run out"
                : null;
        }

        if (leader.Committed.Office.Overruled is not null)
        {
            return world.Time.Now - _led < Leaderless ? "leases may still run out" : null;
        }

        _led = world.Time.Now;
        if (OnlyObserves(leader) is { } held)
        {
            return OfVerdicts(leader) ?? OfInstances(leader.Committed, held);
        }

        if (!leader.Settled && !WaitsForPeople(leader))
        {
            return leader.Last is { Held.IsEmpty: false } last
                ? $"a guard holds: {last.Held[0].Guard.Message}"
                : "the controller still decides";
        }

        return OfNodes(leader.Committed) ?? OfInstances(leader.Committed, new HashSet<string>());
    }

    /// <summary>
    /// A member that has used up its tries holds its set's moves back until somebody looks at it. A node that is spared
    /// a quarantine is spared for hours; storage that is ill holds what it holds until it is well; a node whose guests
    /// answer is left alone until it speaks.
    /// </summary>
    private static bool WaitsForPeople(SimulatedController leader) =>
        leader.Last is { Changes.IsEmpty: true, Commands.IsEmpty: true, Held: { IsEmpty: false } held }
        && (held.All(one => one.Guard.Code is "quarantineGuard" or "storageGuard" or "guestGuard")
            || (held.All(one => one.Guard.Code is "disruptionGuard" or "busyGuard" or "quarantineGuard")
                && leader.Committed.Ledger.Instances.Values.Any(instance => instance.Failures.GivenUp is not null)));

    /// <summary>
    /// What rules that only observe would do something to, where nothing else is wanted; null: something is, or no rule
    /// observes.
    /// </summary>
    private static HashSet<string>? OnlyObserves(SimulatedController leader) =>
        leader.Last is { Changes.IsEmpty: true, Commands.IsEmpty: true, Held: { IsEmpty: false } held }
        && held.All(one => one.Guard.Code == "observeGuard")
            ? [.. held.Select(one => HoldBook.SubjectOf(one.Proposal))]
            : null;

    /// <summary>
    /// While automation is disarmed nothing is in flight but the word itself: what is held, and what stands half-way,
    /// stays so.
    /// </summary>
    private string? OfDisarmed(SimulatedController leader, Disarm disarm)
    {
        _led = world.Time.Now;
        if (disarm.State == DisarmState.LookingAround)
        {
            return "automation comes on soon";
        }

        if (leader.Last is not { Changes.IsEmpty: true, Commands.IsEmpty: true })
        {
            return "the controller still takes on record what it sees";
        }

        if (world.Hosts.FirstOrDefault(host => host.Powered != host.Up || host.Leaving) is { } going)
        {
            return $"{going.Name} is on its way";
        }

        var missing = DisarmRule.Missing(leader.Committed, disarm)
            .FirstOrDefault(node => world.Speaks(world.Host(node)), new NodeName(""));
        return missing.Value.Length > 0 ? $"{missing} has not acknowledged yet" : OfVerdicts(leader);
    }

    /// <summary>Every node that does not speak is known not to.</summary>
    private string? OfVerdicts(SimulatedController leader) => leader.Committed.Ledger.Nodes.Values
        .Where(node => node.Phase == NodePhase.Up
            && !(world.Host(node.Name).Up && world.Network.Joins(node.Name, leader.Home)))
        .Select(node => $"{node.Name} is Up, and does not speak").FirstOrDefault();

    private bool IsLed(SimulatedHost host) =>
        world.Leader is { Committed.Office.Overruled: null } && world.Speaks(host);

    private string? OfNodes(Cluster cluster)
    {
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            var host = world.Host(node.Name);
            var speaks = world.Speaks(host);
            var settled = node.Phase switch
            {
                NodePhase.Up => speaks && node.Boot == host.Boot
                    && host.Agent?.Report is { } report && report.GoalRevision >= node.GoalRevision,
                NodePhase.Lost => !speaks && (IsSpared(cluster, node) || (node.Fence is null
                    && cluster.Ledger.Instances.Touching(node.Name).All(i => i.Wanted == WantedState.Unmanaged))),
                NodePhase.Dead => !speaks
                    && node.PowerOn is null or { IsOurs: false } or { GivenUp: true } or { Why: not null },
                NodePhase.DownByOrder or NodePhase.Unseen => !speaks,
            };
            if (!settled)
            {
                return $"{node.Name} is {node.Phase}, and {(speaks ? "speaks" : "does not speak")}";
            }
        }

        return null;
    }

    /// <summary>A lock that refused a start is free, and a node that watches it speaks.</summary>
    private bool IsSeenFree(Cluster cluster, InstanceName name, LockRefusal refusal) =>
        !world.IsLocked(name) && cluster.Ledger.Nodes.TryGetValue(refusal.Node, out var node)
        && node.Phase == NodePhase.Up && world.Speaks(world.Host(node.Name));

    /// <summary>Its guests answer, and it waits for whoever mends its management.</summary>
    private bool IsSpared(Cluster cluster, NodeRecord node) =>
        world.Leader is { } leader && !GuestEvidence.Answering(cluster, node, leader.Now).IsEmpty
        && world.Hosts.Any(asker => world.Speaks(asker)
            && cluster.HeardOf(node.Name).GuestsAnswered.Keys.Any(guest => world.GuestAnswers(guest, asker.Name)));

    /// <summary>Somebody moved or started it by hand, and the books do not say so yet.</summary>
    private bool IsStray(Cluster cluster, SimulatedHost host, InstanceName name) =>
        world.Speaks(host) && cluster.Ledger.Instances.TryGetValue(name, out var instance)
        && !instance.Leaving && instance.Seat?.Node != host.Name && instance.Unproven.All(s => s.Node != host.Name);

    /// <param name="held">What rules that only observe would do something to: it stays as it is.</param>
    private string? OfInstances(Cluster cluster, IReadOnlySet<string> held)
    {
        if (world.Hosts.FirstOrDefault(host => host.Machines.Alive
            .Any(process => process.ByHand && IsStray(cluster, host, process.Instance))) is { } holder)
        {
            return $"{holder.Name} runs what has no seat there";
        }

        foreach (var instance in cluster.Ledger.Instances.Values)
        {
            var settled = instance switch
            {
                _ when world.HostsOf(instance.Name).Any(host => IsStuck(host, instance)) => true,
                _ when held.Contains($"Instance/{instance.Name}") || held.Contains($"Node/{instance.Seat?.Node}")
                    || instance.Unproven.Any(seat => held.Contains($"Node/{seat.Node}")) => true,
                _ when cluster.Ledger.Nodes.Values.Any(node => node.Phase == NodePhase.Lost
                    && (instance.Seat?.Node == node.Name || instance.Unproven.Any(s => s.Node == node.Name))
                    && IsSpared(cluster, node)) => true,
                { Unproven.IsEmpty: false } or { Move: not null } => false,
                { RotationExit: not null } or { Notice: not null } => false,
                { Wanted: WantedState.Running } when world.Balancers.Watch && IsJudgedAnew(cluster, instance) => false,
                { Wanted: WantedState.Unmanaged } => true,
                { Wanted: WantedState.Stopped } => instance.Seat is null && !instance.Leaving,
                { Seat: { } seat } => Runs(cluster, instance, seat),
                { Awaits: not null } => false,
                _ when InstanceMachine.PhaseOf(cluster, instance) == InstancePhase.WaitingForDependency => false,
                { Failures.Refusal: { } refusal } when IsSeenFree(cluster, instance.Name, refusal) => false,
                _ => BackOff.IsOver(instance.Failures, world.Wall),
            };
            if (!settled)
            {
                return $"{instance.Name} is on its way";
            }
        }

        return null;
    }

    /// <summary>
    /// Its balancer has not noticed yet that its endpoint is ill, or well again, or has another rung for it.
    /// </summary>
    private bool IsJudgedAnew(Cluster cluster, Instance instance) =>
        world.Balancers.IsIll(instance.Name) != instance.Endpoint is not null
        || (instance.Endpoint is { Rung: not EndpointRung.Moved } note
            && cluster.Ledger.Find<LoadBalancerSpec>("LoadBalancer", note.Balancer) is { Limit: not null });

    /// <summary>
    /// One that is to stop or to be begun anew and cannot be ended is tried for ever, and stays as it is until its node
    /// goes.
    /// </summary>
    private bool HasStuck(SimulatedHost host) => host.Machines.Alive.Any(process =>
        world.Store.Ledger.Instances.GetValueOrDefault(process.Instance) is { } instance && IsStuck(host, instance));

    private bool IsStuck(SimulatedHost host, Instance instance) =>
        IsHeldByItsDisk(host, instance)
        || (host.Faults.NeverStops(instance.Name) && host.Machines.Find(instance.Name) is { } process
            && (instance is { Wanted: WantedState.Stopped } or { Move: not null } or { Leaving: true }
                || process.Hangs));

    /// <summary>Whoever leads knows that it has lost its disks, and leaves it where it is.</summary>
    private bool IsHeldByItsDisk(SimulatedHost host, Instance instance) =>
        host.DisksLost && instance.Seat?.Node == host.Name && instance.Move is null
        && world.Leader is { } leader && StoragePathDecider.IsLost(leader.Committed, instance);

    private bool Runs(Cluster cluster, Instance instance, Seat seat) =>
        (cluster.Ledger.Nodes[seat.Node] is { Phase: NodePhase.DownByOrder, Departure: { } departure } node
            && DepartureRule.Waits(cluster, node, departure))
        || (world.Host(seat.Node).Machines.Find(instance.Name) is { Runs: true } process
            && process.Seat.Generation == seat.Generation);
}
