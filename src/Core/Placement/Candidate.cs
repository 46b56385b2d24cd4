using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Placement;

/// <summary>One node as placement sees it, with what is given away on it in this round included.</summary>
public sealed class Candidate(NodeRecord node, NodeSpec spec)
{
    public NodeRecord Node { get; } = node;

    public NodeSpec Spec { get; } = spec;

    public int CpusUsed { get; private set; }

    public Bytes MemoryUsed { get; private set; }

    public int Seats { get; private set; }

    public void Add(MachineDefinition machine)
    {
        CpusUsed += machine.Vcpus;
        MemoryUsed += machine.Memory;
        Seats++;
    }
}

/// <summary>All candidates, and who of which availability set sits in which rack.</summary>
public sealed class PlacementView
{
    private readonly Dictionary<(string Set, RackName Rack), int> _inRack = [];
    private readonly Dictionary<(string Set, NodeName Node), int> _onNode = [];
    private readonly Dictionary<NodeName, Candidate> _byName = [];

    public PlacementView(Cluster cluster)
    {
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            if (cluster.Ledger.NodeSpecOf(node.Name) is { } spec)
            {
                _byName[node.Name] = new Candidate(node, spec);
            }
        }

        foreach (var instance in cluster.Ledger.Instances.Values)
        {
            if (instance.Seat is { } seat)
            {
                Seat(instance, seat.Node);
            }

            foreach (var old in instance.Unproven)
            {
                // Not proven dead: it may still use what it used.
                _byName.GetValueOrDefault(old.Node)?.Add(instance.Machine);
            }
        }
    }

    public IEnumerable<Candidate> Candidates => _byName.Values;

    public void Seat(Instance instance, NodeName node)
    {
        if (!_byName.TryGetValue(node, out var candidate))
        {
            return;
        }

        candidate.Add(instance.Machine);
        if (instance.AvailabilitySet is { } set)
        {
            _inRack[(set, candidate.Spec.Rack)] = MembersIn(set, candidate.Spec.Rack) + 1;
            _onNode[(set, node)] = MembersOn(set, node) + 1;
        }
    }

    public int MembersIn(string set, RackName rack) => _inRack.GetValueOrDefault((set, rack));

    public int MembersOn(string set, NodeName node) => _onNode.GetValueOrDefault((set, node));
}
