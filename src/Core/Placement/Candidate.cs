using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Placement;

/// <summary>One node as placement sees it, with what is given away on it in this round included.</summary>
public sealed class Candidate(NodeRecord node, NodeSpec spec, PlacementPolicy policy)
{
    public NodeRecord Node { get; } = node;

    public NodeSpec Spec { get; } = spec;

    /// <summary>All that may be given away on it.</summary>
    public MachineUse Capacity { get; } = new(spec.Cpus * 1000L * policy.VcpusPerCpu, spec.Memory);

    /// <summary>The sizes of what sits there, or sat there and is not proven dead.</summary>
    public MachineUse Taken { get; private set; }

    /// <summary>What they were measured to use; their sizes where that is not known.</summary>
    public MachineUse Used { get; private set; }

    /// <summary>How many they are.</summary>
    public int Instances { get; private set; }

    /// <summary>Below zero when the node's object was made smaller than what it holds.</summary>
    public int CpusFree => (int)((Capacity.MilliCpus - Taken.MilliCpus) / 1000);

    public Bytes MemoryFree => Capacity.Memory - Taken.Memory;

    /// <summary>Whether sizes are a limit at all, and these exceed it.</summary>
    public bool IsTooSmallFor(int vcpus, Bytes memory) =>
        !policy.Overcommit && (memory > MemoryFree || vcpus > CpusFree);

    public void Add(MachineDefinition machine, MachineUse use)
    {
        Taken += MachineUse.Reserved(machine);
        Used += use;
        Instances++;
    }

    public void Remove(MachineDefinition machine, MachineUse use)
    {
        Taken -= MachineUse.Reserved(machine);
        Used -= use;
        Instances--;
    }
}

/// <summary>All candidates, and who of which availability set sits in which rack.</summary>
public sealed class PlacementView
{
    private readonly Dictionary<(string Set, RackName Rack), int> _inRack = [];
    private readonly Dictionary<(string Set, NodeName Node), int> _onNode = [];
    private readonly Dictionary<string, int> _fewest = [];
    private readonly SortedDictionary<NodeName, Candidate> _byName = [];
    private readonly HashSet<RackName> _racks = [];
    private readonly Dictionary<InstanceName, NodeName> _seats = [];
    private readonly Dictionary<InstanceName, MachineUse> _uses = [];
    private readonly InstanceTable _instances;
    private readonly QuorumVotes _votes;
    private readonly bool _probation;

    public PlacementView(Cluster cluster)
    {
        _instances = cluster.Ledger.Instances;
        Policy = cluster.Policy.Placement;
        Measure(cluster);
        Rules = PlacementRules.Of(cluster.Ledger);
        _votes = new QuorumVotes(cluster.Ledger);
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            if (cluster.Ledger.NodeSpecOf(node.Name) is { } spec)
            {
                _byName[node.Name] = new Candidate(node, spec, Policy);
                _racks.Add(spec.Rack);
                _probation |= node.Fit == NodeFitness.Probation;
            }
        }

        foreach (var instance in cluster.Ledger.Instances.Values)
        {
            if (instance.Move is { } move)
            {
                // Room is kept where it goes, and it uses what it has where it leaves until it is gone from there.
                Seat(instance, move.To);
                if (instance.Seat is { } left && _byName.TryGetValue(left.Node, out var leaving))
                {
                    leaving.Add(instance.Machine, UseOf(instance));
                }
            }
            else if (instance.Seat is { } seat)
            {
                Seat(instance, seat.Node);
            }

            // Not proven dead: it may still use what it used.
            foreach (var old in instance.Unproven.Where(old => _byName.ContainsKey(old.Node)))
            {
                _byName[old.Node].Add(instance.Machine, UseOf(instance));
            }
        }
    }

    public PlacementPolicy Policy { get; }

    public PlacementRules Rules { get; }

    /// <summary>Whether nodes in probation are asked too, because no fit one can take the instance.</summary>
    public bool LastResort { get; private set; }

    /// <summary>Asks something of nodes in probation too; where there are none it is not asked.</summary>
    public T AsLastResort<T>(Func<T> ask, T otherwise)
    {
        if (!_probation)
        {
            return otherwise;
        }

        LastResort = true;
        var answer = ask();
        LastResort = false;
        return answer;
    }

    /// <summary>What it was last measured to use, wherever that was; its size where that is not known.</summary>
    public MachineUse UseOf(Instance instance) =>
        _uses.TryGetValue(instance.Name, out var use) ? use : MachineUse.Reserved(instance.Machine);

    /// <summary>
    /// Where an instance sits, seats given in this round included, or goes while it is moved; null: nowhere.
    /// </summary>
    public NodeName? SeatOf(InstanceName instance) => _seats.TryGetValue(instance, out var node) ? node : null;

    /// <summary>Whether it sits on the node, or sat there and is not proven dead.</summary>
    public bool MayRunOn(InstanceName instance, NodeName node) =>
        SeatOf(instance) == node
        || (_instances.TryGetValue(instance, out var known)
            && (known.Seat?.Node == node || known.Unproven.Any(seat => seat.Node == node)));

    /// <summary>As it is on record; null: there is none.</summary>
    public Instance? Known(InstanceName instance) => _instances.TryGetValue(instance, out var known) ? known : null;

    /// <summary>What still has to find a seat.</summary>
    public Instance? Waiting(InstanceName instance) =>
        SeatOf(instance) is null && _instances.TryGetValue(instance, out var known)
        && known is { Wanted: WantedState.Running, Leaving: false }
            ? known
            : null;

    /// <summary>In name order.</summary>
    public IReadOnlyCollection<Candidate> Candidates => _byName.Values;

    public void Seat(Instance instance, NodeName node)
    {
        if (!_byName.TryGetValue(node, out var candidate))
        {
            return;
        }

        candidate.Add(instance.Machine, UseOf(instance));
        _votes.Put(instance.Name, candidate.Spec.Rack, 1);
        _seats[instance.Name] = node;
        if (instance.AvailabilitySet is { } set)
        {
            _inRack[(set, candidate.Spec.Rack)] = MembersIn(set, candidate.Spec.Rack) + 1;
            _onNode[(set, node)] = MembersOn(set, node) + 1;
            _fewest.Remove(set);
        }
    }

    /// <summary>
    /// Takes an instance from where it sits in this picture, to ask where else it could; <see cref="Seat"/> puts it
    /// back.
    /// </summary>
    /// <returns>Where it sat; null: nowhere.</returns>
    public NodeName? Lift(Instance instance)
    {
        if (!_seats.Remove(instance.Name, out var node))
        {
            return null;
        }

        var candidate = _byName[node];
        candidate.Remove(instance.Machine, UseOf(instance));
        _votes.Put(instance.Name, candidate.Spec.Rack, -1);
        if (instance.AvailabilitySet is { } set)
        {
            _inRack[(set, candidate.Spec.Rack)]--;
            _onNode[(set, node)]--;
            _fewest.Remove(set);
        }

        return node;
    }

    public Candidate? Find(NodeName node) => _byName.GetValueOrDefault(node);

    /// <summary>Members of a set in the rack that has the fewest.</summary>
    public int FewestIn(string set)
    {
        if (!_fewest.TryGetValue(set, out var fewest))
        {
            fewest = _racks.Min(rack => MembersIn(set, rack));
            _fewest[set] = fewest;
        }

        return fewest;
    }

    public int MembersIn(string set, RackName rack) => _inRack.GetValueOrDefault((set, rack));

    /// <summary>
    /// The most votes that others of one of its quorum groups have in the rack, and whether that group would lose its
    /// majority with the rack if it sat there too; 0 and false of what has no vote.
    /// </summary>
    public (int Fellows, bool TooMany) VotesIn(Instance instance, RackName rack) => _votes.In(instance.Name, rack);

    public int MembersOn(string set, NodeName node) => _onNode.GetValueOrDefault((set, node));

    /// <summary>Of several measurements of one instance that of its newest generation counts.</summary>
    private void Measure(Cluster cluster)
    {
        if (Policy.Balance != PlacementBalance.Used)
        {
            return;
        }

        var newest = new Dictionary<InstanceName, Generation>();
        foreach (var heard in cluster.Heard.Values)
        {
            foreach (var told in heard.Report?.Instances ?? [])
            {
                if (told.Use is { } use
                    && (!newest.TryGetValue(told.Instance, out var known) || told.Generation > known))
                {
                    newest[told.Instance] = told.Generation;
                    _uses[told.Instance] = use;
                }
            }
        }
    }
}
