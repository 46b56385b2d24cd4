using Havm.Core;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Scenario.Running;
using Havm.Simulator.World;
using Havm.Simulator.World.Hosts;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// What the substrate and the store really hold, for checkers: processes, power, the committed state and the orders
/// that people were told stand. What a controller believes or wants is not among it.
/// </summary>
public sealed class Truth(VirtualWorld world, Translation words, Orders orders, ScenarioFile scenario)
{
    private InstanceTable _seen = InstanceTable.Empty;

    public Instant Now => world.Time.Now;

    /// <summary>The committed state.</summary>
    public Ledger Ledger => world.Store.Ledger;

    /// <summary>
    /// Instances whose committed record is not what it was at the look before, those that are gone among them; at the
    /// first look all.
    /// </summary>
    public IReadOnlyList<InstanceName> Changed { get; private set; } = [];

    /// <summary>The checkers look now.</summary>
    public void LookAgain()
    {
        Changed = [.. Ledger.Instances.ChangedSince(_seen)];
        _seen = Ledger.Instances;
    }

    /// <summary>Somebody is in office.</summary>
    public bool Led => world.Leader is not null;

    /// <summary>
    /// Well nodes may go without their leases as things are: nobody leads, or whoever does may not act; the store is
    /// ill; or the network is, other than by cutting whole nodes off.
    /// </summary>
    public bool Starves => world.Leader is not { Committed.Office.Overruled: null }
        || world.Store.IsIll || world.Network.IsIll;

    /// <summary>Whoever leads does so on that very node: cut off from all others it still has its leases.</summary>
    public bool LeadsItself(string node) => world.Leader?.Home == words.NodeOf(node);

    /// <summary>The nodes whose controllers would grant a lease or send an order now.</summary>
    public IReadOnlyList<string> Acting =>
        [.. world.Terms.Where(term => term.Acts).Select(term => words.Nodes.Back(term.Home.Value))];

    /// <summary>The term of the last commit; none before the first.</summary>
    public Epoch LastCommit { get; internal set; }

    /// <summary>A node has made durable that automation is disarmed, and has not been told otherwise.</summary>
    public bool KnowsDisarm(string node) => world.Host(words.NodeOf(node)) is { Up: true } host
        && host.Disk.AgentLedger.Goal?.Automation is { Holds: true }
        && host.Disk.WardenLedger.Automation is { Holds: true };

    /// <summary>A node's warden has made durable that it holds a long lease, and that has not passed.</summary>
    public bool HoldsLongLease(string node) => HeldLongLease(node, TimeSpan.Zero);

    /// <summary>It holds one, or did so until less than this ago.</summary>
    public bool HeldLongLease(string node, TimeSpan ago) => world.Host(words.NodeOf(node)) is { Up: true } host
        && host.Disk.WardenLedger.LongLease is { } lease && host.Local < lease.Until + ago;

    /// <summary>Nodes whose boot is taken for dead while it lives and speaks.</summary>
    public IEnumerable<string> Ghosts => world.Hosts
        .Where(host => host.Up && world.Speaks(host) && Ledger.Nodes[host.Name] is { Phase: NodePhase.Dead } node
            && node.Boot == host.Boot)
        .Select(host => words.Nodes.Back(host.Name.Value));

    /// <summary>When the last leader went.</summary>
    public Instant LeaderLostAt => world.LeaderLostAt;

    public ScenarioFile Scenario => scenario;

    /// <summary>Orders that were acknowledged, in order of acknowledgement.</summary>
    public IReadOnlyList<Input> Admitted => orders.Admitted;

    /// <summary>Orders that may stand or not: not answered yet, or by a leader who went.</summary>
    public IEnumerable<Input> Open => orders.Open.Concat(orders.Doubtful);

    /// <summary>All processes of an instance, running or held, wherever they are.</summary>
    public IEnumerable<FoundSomewhere> ProcessesOf(InstanceName instance)
    {
        foreach (var host in world.HostsOf(instance))
        {
            if (host.Machines.Find(instance) is { } process)
            {
                yield return new FoundSomewhere(
                    words.Nodes.Back(host.Name.Value), process.Seat.Generation, process.Runs)
                {
                    Untold = process.ByHand && !IsTold(instance, host.Name),
                    Refused = IsRefused(host, process),
                };
            }
        }
    }

    /// <summary>Whoever leads was told of it by its node. Another's ears are no matter of belief.</summary>
    private bool IsTold(InstanceName instance, NodeName node) =>
        world.Leader?.Committed.HeardOf(node).Report is { } report
        && report.Instances.Any(machine => machine.Instance == instance && machine.Pid != 0);

    /// <summary>Every guest whose vCPUs run has booted and said so, and does not hang.</summary>
    public bool AllReady => world.Hosts.SelectMany(host => host.Machines.Alive)
        .All(p => !p.Runs || (p.Ready && !p.Hangs));

    /// <summary>A guest of it hangs.</summary>
    public bool IsHung(string vm) => world.Hosts.Any(host => host.Machines.Find(InstanceOf(vm)) is { Hangs: true });

    /// <summary>Its guest's agent has given its program up since that was last well.</summary>
    public bool ProgramWasGivenUp(string vm) => world.Roles.WasGivenUp(InstanceOf(vm));

    /// <summary>
    /// Its own disks or program are ill, or all disks of the node are: its host holds it or begins it anew.
    /// </summary>
    public bool IsIll(string vm, string node) =>
        HasLostDisks(node) || ProgramWasGivenUp(vm) || world.DeadHandles.Contains(InstanceOf(vm));

    /// <summary>Load balancers stand still, or have no network: what they say of endpoints is worth nothing.</summary>
    public bool BalancersAreBlind => !world.Balancers.Watch;

    /// <summary>Every access of the node to its disks fails: its guests are held by that.</summary>
    public bool HasLostDisks(string node) => world.Host(words.NodeOf(node)).DisksLost;

    /// <summary>Storage was told to refuse the node.</summary>
    public bool StorageRefuses(string node) => world.Host(words.NodeOf(node)).StorageRefuses;

    /// <summary>Whatever this process of a VM writes is refused, and it has disks.</summary>
    public bool IsRefused(string vm, string node) =>
        world.Host(words.NodeOf(node)) is var host && host.Machines.Find(InstanceOf(vm)) is { } process
        && IsRefused(host, process);

    /// <summary>A VM has disks, and whatever a node writes there is refused.</summary>
    public bool Refuses(string vm, string node) => StorageRefuses(node)
        && Ledger.Instances.GetValueOrDefault(InstanceOf(vm)) is { Machine.Disks.IsEmpty: false };

    /// <summary>It is on record that storage refuses the node: what is free by that was concluded.</summary>
    public bool HasProvenCut(string node) =>
        Ledger.Nodes.GetValueOrDefault(words.NodeOf(node)) is { Cut.Refusing.IsEmpty: false };

    private static bool IsRefused(SimulatedHost host, QemuState process) =>
        host.StorageRefuses && !process.Seat.Machine.Disks.IsEmpty;

    /// <summary>Every node speaks with whoever leads.</summary>
    public bool AllSpeak => world.Hosts.All(world.Speaks);

    /// <summary>Isolation policies of what has a process on a node.</summary>
    /// <remarks>An order may have changed that of one that runs: by its warden's books, where they know it.</remarks>
    public IEnumerable<IsolationPolicy> PoliciesOn(string node)
    {
        var host = world.Host(words.NodeOf(node));
        return host.Machines.Alive.Select(process => host.Disk.WardenLedger.Seats
            .Where(seat => seat.Instance == process.Instance && seat.Generation == process.Seat.Generation)
            .Select(seat => (IsolationPolicy?)seat.Isolation).FirstOrDefault() ?? process.Seat.Machine.Isolation);
    }

    /// <summary>
    /// As people asked for them, of what was given a seat on a node that may still be filled: it may have begun since.
    /// </summary>
    public IEnumerable<IsolationPolicy> PoliciesSeatedOn(string node) => Ledger.Instances.Touching(words.NodeOf(node))
        .Select(instance => scenario.Vms.GetValueOrDefault(VmOf(instance.Name))?.Isolation
            ?? IsolationPolicy.LeaveRunning);

    /// <summary>VMs on a node that are left running there and answer a node on their own network.</summary>
    public IEnumerable<string> AnsweringOn(string node, string asker) => Ledger.Instances.Touching(words.NodeOf(node))
        .Where(instance => GuestEvidence.SpeaksFor(Ledger.Nodes[words.NodeOf(node)], instance)
            && !instance.Machine.Nics.IsEmpty && world.GuestAnswers(instance.Name, words.NodeOf(asker)))
        .Select(instance => VmOf(instance.Name));

    /// <summary>The policy of a VM's process on a node; null when there is none.</summary>
    public IsolationPolicy? PolicyOf(string vm, string node) =>
        world.Host(words.NodeOf(node)).Machines.Find(InstanceOf(vm))?.Seat.Machine.Isolation;

    public InstanceName InstanceOf(string vm) => words.InstanceOf(vm);

    public string VmOf(InstanceName instance) => words.Vms.Back(instance.Value);

    public NodeName NodeOf(string node) => words.NodeOf(node);

    public Bytes MemoryOf(ScenarioVm vm) => words.MemoryOf(vm);

    public Bytes MemoryOf(ScenarioNode node) => words.MemoryOf(node);
}

/// <summary>A process that was found.</summary>
public sealed record FoundSomewhere(string Node, Generation Generation, bool Runs)
{
    /// <summary>
    /// People brought it there, and its node has not said so yet: nobody can know, and its disks' locks alone keep it
    /// from being doubled.
    /// </summary>
    public bool Untold { get; init; }

    /// <summary>Storage refuses whatever it writes: it can go on in its memory, and harms no disk.</summary>
    public bool Refused { get; init; }
}
