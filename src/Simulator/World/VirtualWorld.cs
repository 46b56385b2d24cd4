using Havm.Core;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.World.Control;
using Havm.Simulator.World.Hosts;
using Havm.Simulator.World.Network;
using Havm.Simulator.World.Storage;

namespace Havm.Simulator.World;

/// <summary>
/// A whole cluster under virtual time: the production decisions of controller, agents and wardens on simulated
/// machines, network, storage and BMCs. The world only carries out and owns what is true; it decides nothing.
/// </summary>
public sealed partial class VirtualWorld
{
    public const string ClusterName = "simulated";

    private readonly WorldOrigin _origin;
    private readonly SimulatedHost? _apart;
    private readonly SortedDictionary<NodeName, SimulatedHost> _hosts = [];
    private readonly Dictionary<NodeName, SimulatedHost> _byName = [];
    private readonly SortedSet<NodeName> _stoppedReplicas = [];
    private readonly SortedDictionary<NodeName, SimulatedReplica> _replicas = [];
    private SimulatedController[] _terms = [];
    private readonly SortedSet<NodeName> _linkDown = [];
    private Instant _busyUntil;
    private bool? _crashAfterCommit;

    public VirtualWorld(Ledger founding, IWitness witness, int seed, WorldSettings settings)
        : this(new WorldOrigin(founding), witness, seed, settings)
    {
    }

    /// <param name="origin">The shared state as it is at the beginning.</param>
    /// <param name="witness">Sees all that happens.</param>
    /// <param name="seed">Of every draw.</param>
    /// <param name="settings">How long things take.</param>
    public VirtualWorld(WorldOrigin origin, IWitness witness, int seed, WorldSettings settings)
    {
        _origin = origin;
        Settings = settings;
        Witness = witness;
        Time = new VirtualTime(seed);
        Network = new SimulatedNetwork(Time, settings.Wire, (node, arrive) => Host(node).Gate.Do(arrive));
        Store = new SimulatedStore(this, origin.Ledger, origin.Epoch);
        Heartbeats = new SimulatedHeartbeats(Time, ReachOf);
        foreach (var node in origin.Ledger.Nodes.Keys)
        {
            _byName.Add(node, new SimulatedHost(this, node));
            _hosts.Add(node, _byName[node]);
        }

        Network.Changed += HostChanged;
        if (origin.Apart is { } apart)
        {
            _apart = new SimulatedHost(this, apart);

            // It waits for no host.
            Time.After(TimeSpan.Zero, HostChanged);
        }
    }

    public WorldSettings Settings { get; }

    public IWitness Witness { get; }

    /// <summary>
    /// Which host an instance left in good order and has not run since: its next start elsewhere is a move.
    /// </summary>
    public Dictionary<InstanceName, NodeName> LeftInOrder { get; } = [];

    public VirtualTime Time { get; }

    public SimulatedNetwork Network { get; }

    public SimulatedStore Store { get; }

    public SimulatedHeartbeats Heartbeats { get; }

    public Balancers Balancers => field ??= new Balancers(this);

    /// <summary>What had its disks' files taken away, and was not begun anew since.</summary>
    public HashSet<InstanceName> DeadHandles { get; } = [];

    /// <summary>Those whose disks' locks another program holds, or waits for.</summary>
    public HashSet<InstanceName> LockedDisks { get; } = [];

    /// <summary>What is wrong with programs in guests.</summary>
    public RoleFates Roles { get; } = new();

    /// <summary>Kept by the hosts' own tables.</summary>
    internal Whereabouts Whereabouts { get; } = new();

    /// <summary>
    /// What instances use wherever they run, as their cgroups would say; of one without an entry nothing is said.
    /// </summary>
    public SortedDictionary<InstanceName, MachineUse> Uses { get; } = [];

    /// <summary>When the last leader went; the beginning, while there was none.</summary>
    public Instant LeaderLostAt { get; private set; }

    /// <summary>The decision itself; tests put a liar in its place, to see that the checkers see him.</summary>
    public Func<Cluster, IReadOnlyList<Input>, Instant, DateTimeOffset, Decision> Step { get; init; } = Controller.Step;

    public IReadOnlyCollection<SimulatedHost> Hosts => _hosts.Values;

    /// <summary>The machines that carry a controller replica and a member of the store.</summary>
    public IReadOnlyCollection<SimulatedHost> Members => _apart is { } apart ? [apart] : _hosts.Values;

    /// <summary>UTC, for records that people read.</summary>
    public DateTimeOffset Wall => _origin.Wall + Time.Now.SinceOrigin;

    /// <summary>A node, or the machine of a controller that stands apart from them.</summary>
    public SimulatedHost Host(NodeName node) => node == _apart?.Name ? _apart : _byName[node];

    public NodeCapacity CapacityOf(NodeName node) => Store.Ledger.NodeSpecOf(node) is { } spec
        ? new NodeCapacity { Cpus = spec.Cpus, Memory = spec.Memory }
        : new NodeCapacity();

    /// <summary>The nodes on which a VM has a process, running or held, in name order.</summary>
    public IEnumerable<SimulatedHost> HostsOf(InstanceName instance) => Whereabouts.Of(instance).Select(Host);

    /// <summary>Whether anybody holds the locks of a VM's disks: another program, or a QEMU of its own.</summary>
    public bool IsLocked(InstanceName instance) => LockedDisks.Contains(instance) || HostsOf(instance).Any();

    /// <summary>The node on which a VM's vCPUs run, if any.</summary>
    public SimulatedHost? RunningHostOf(InstanceName instance) =>
        HostsOf(instance).FirstOrDefault(host => host.Machines.Find(instance) is { Runs: true });

    /// <summary>The node on which a VM's process lives, if any.</summary>
    public SimulatedHost? HostOf(InstanceName instance) =>
        RunningHostOf(instance) ?? HostsOf(instance).FirstOrDefault();

    /// <summary>An instance uses so much from now on, and is measured at once where it runs.</summary>
    public void Use(InstanceName instance, MachineUse use)
    {
        Uses[instance] = use;
        foreach (var host in _hosts.Values)
        {
            if (host.Machines.Find(instance) is not null)
            {
                host.Agent?.Measure();
            }
        }
    }

    /// <summary>Cuts all of a node's networks but its BMC's and its datastore's.</summary>
    /// <param name="node">Which.</param>
    /// <param name="guestsPass">But that of its guests; it is cut too where more is cut already.</param>
    public void Isolate(NodeName node, bool guestsPass = false)
    {
        var before = Network.CutOf(node);
        if (before is null or { GuestsPass: true })
        {
            TellLink(node, false);
            Network.Add(new NodeCut(node, guestsPass));
            _ = before is not null && Network.Remove(before);
        }
    }

    public void Reconnect(NodeName node)
    {
        if (Network.CutOf(node) is { } cut)
        {
            Network.Remove(cut);
            TellLinks([node]);
        }
    }

    /// <summary>Adds a fault that cuts some of these nodes from others.</summary>
    public void Cut(ILinkFault fault, IReadOnlyCollection<NodeName> nodes)
    {
        Network.Add(fault);
        TellLinks(nodes);
    }

    /// <summary>Ends every fault of the network but isolations.</summary>
    public void Heal()
    {
        Network.Heal();
        TellLinks([.. _linkDown]);
    }

    /// <summary>No other node hears it or is heard by it.</summary>
    public bool IsIsolated(NodeName node) => _linkDown.Contains(node);

    /// <summary>Neither it nor its guests are reached from anywhere.</summary>
    public bool HasNoNetwork(NodeName node) => IsIsolated(node) && Network.CutOf(node) is not { GuestsPass: true };

    /// <summary>A guest answers a node that asks it on its own network.</summary>
    public bool GuestAnswers(InstanceName guest, NodeName asker) =>
        RunningHostOf(guest) is { } host && Network.JoinsGuestsOf(host.Name, asker)
        && host.Machines.Find(guest) is { Hangs: false };

    /// <summary>What it says reaches the leader, and what the leader says reaches it.</summary>
    public bool Speaks(SimulatedHost host) => host is { Up: true, Gate.Held: false }
        && host.Warden is { Gate.Held: false } && host.Agent is { Hangs: false }
        && (Leader is { } leader ? Network.Joins(host.Name, leader.Home) : !IsIsolated(host.Name));

    /// <summary>Something goes on by itself for so long: nothing has settled before.</summary>
    public void Busy(TimeSpan time) => _busyUntil = Instant.Max(_busyUntil, Time.Now + time);

    public bool IsBusy => Time.Now < _busyUntil;

    /// <summary>The controller process of a node stands still for a while.</summary>
    public void StallController(NodeName node, TimeSpan time)
    {
        if (_replicas.TryGetValue(node, out var replica))
        {
            var over = replica.Gate.Hold();
            Busy(time);
            Time.After(time, () =>
            {
                replica.StoodStill(time);
                over();
            });
        }
    }

    /// <summary>The leader dies at its next commit: before the store takes it, or after.</summary>
    public void CrashAtCommit(bool after) => _crashAfterCommit = after;

    /// <summary>Whether the leader dies at this side of the commit that is under way; it does so once.</summary>
    internal bool CrashesAtCommit(bool after)
    {
        var crashes = _crashAfterCommit == after;
        if (crashes)
        {
            _crashAfterCommit = null;
        }

        return crashes;
    }

    /// <summary>
    /// The controller replica of a node ends, its member of the store with it, until it is started again.
    /// </summary>
    public void StopReplica(NodeName node)
    {
        _stoppedReplicas.Add(node);
        HostChanged();
    }

    public void StartReplica(NodeName node)
    {
        _stoppedReplicas.Remove(node);
        HostChanged();
    }

    /// <summary>
    /// The leader's process dies and is started again at once; whoever takes office goes on from the last commit.
    /// </summary>
    public void CrashLeader()
    {
        if (Leader is { } leader && _replicas.Remove(leader.Home, out var replica))
        {
            replica.End();
            OfficeChanged(null);
            HostChanged();
        }
    }

    /// <summary>
    /// People stop every controller, put back the state that was saved, and start them again: whoever takes office
    /// knows nothing that was decided since.
    /// </summary>
    /// <param name="marked">It says itself that it is a backup.</param>
    public void RestoreBackup(bool marked)
    {
        foreach (var replica in _replicas.Values)
        {
            replica.End();
        }

        _replicas.Clear();
        OfficeChanged(null);
        Store.PutBack(marked);
        HostChanged();
    }

    /// <summary>
    /// Whether a replica reaches more than half of all declared nodes' replicas, its own counted, powered or not.
    /// </summary>
    public bool HasMajority(NodeName home) => Store.Serves(home);

    /// <summary>Whether any replica could take office as things are.</summary>
    public bool CanHaveLeader => Store.CouldServe;

    /// <summary>A machine, a replica or the network changed: who may lead may change with it.</summary>
    public void HostChanged()
    {
        foreach (var host in Members)
        {
            if (!RunsReplica(host))
            {
                if (_replicas.Remove(host.Name, out var ended))
                {
                    ended.End();
                    OfficeChanged(null);
                }
            }
            else if (!_replicas.ContainsKey(host.Name))
            {
                var replica = new SimulatedReplica(this, host);
                _replicas.Add(host.Name, replica);
                replica.Begin();
            }
        }

        Store.Changed();
    }

    /// <summary>The store's member on this node runs: with its replica, unless the node stands still.</summary>
    public bool RunsMember(SimulatedHost host) => RunsReplica(host) && !host.Gate.Held;

    /// <summary>All that are in office by their own account: one, unless one of them stands still.</summary>
    public IEnumerable<SimulatedController> Terms => _terms.Where(term => term.InOffice);

    /// <summary>
    /// Whom a node speaks to, which calls every replica: the newest leader, or an older one where only that is reached.
    /// </summary>
    internal SimulatedController? LeaderFor(NodeName node) =>
        Leader is not { } leader || !Network.IsFaulty || Network.Joins(node, leader.Home)
            ? Leader
            : Terms.Where(term => Network.Joins(node, term.Home)).MaxBy(term => term.Epoch) ?? leader;

    /// <summary>A replica took office, or one left it (null).</summary>
    internal void OfficeChanged(SimulatedReplica? took)
    {
        var led = Leader is not null;
        _terms = [.. _replicas.Values.Select(replica => replica.Term).OfType<SimulatedController>()];
        Leader = Terms.MaxBy(term => term.Epoch);
        LeaderLostAt = led && Leader is null ? Time.Now : LeaderLostAt;
        if (took is not null)
        {
            Witness.Leader(took.Home);
        }
    }

    /// <summary>A node stands still for a while: its controller will know that by its clock.</summary>
    internal void StallsAt(NodeName node, TimeSpan time)
    {
        Busy(time);
        HostChanged();
        Time.After(time, () =>
        {
            if (_replicas.TryGetValue(node, out var replica))
            {
                replica.StoodStill(time);
            }
        });
    }

    private void TellLinks(IReadOnlyCollection<NodeName> nodes)
    {
        foreach (var node in nodes.Order())
        {
            TellLink(node, !Network.IsCutOff(node, _hosts.Keys));
        }
    }

    private void TellLink(NodeName node, bool up)
    {
        if (up ? _linkDown.Remove(node) : _linkDown.Add(node))
        {
            Witness.Link(node, up);
        }
    }

    private bool RunsReplica(SimulatedHost host) =>
        (host.Up || host == _apart) && !_stoppedReplicas.Contains(host.Name);
}
