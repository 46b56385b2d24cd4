using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>What a check asks about the whole cluster, counted once for all objects of a submission.</summary>
internal sealed class Survey
{
    private readonly List<(string Name, NodeSpec Spec)> _nodes;
    private readonly PlacementPolicy _policy;
    private readonly Dictionary<string, int> _cards = [];
    private readonly ILookup<string, string> _byUuid;
    private readonly ILookup<string, string> _bySwitch;
    private readonly ILookup<(string Datastore, string File), string> _byFile;

    public Survey(Ledger ledger)
    {
        _policy = ledger.Policy.Placement;
        Plans = ledger.Specs.Values.SelectMany(InstancePlan.Of).ToLookup(p => p.Name);
        foreach (var network in Plans.SelectMany(same => same.First().Template.Networks))
        {
            _cards[network] = CardsOn(network) + 1;
        }

        Racks = ledger.All<RackSpec>().Count();
        _nodes = [.. ledger.All<NodeSpec>()];
        _byUuid = _nodes.SelectMany(n => n.Spec.Rungs.Where(m => m.Uuid is not null).Select(m => (n.Name, m.Uuid)))
            .ToLookup(n => n.Uuid!, n => n.Name, StringComparer.OrdinalIgnoreCase);
        _bySwitch = _nodes
            .SelectMany(n => n.Spec.Methods.SelectMany(m => m.Method.Switches).Select(at => (n.Name, At: at)))
            .ToLookup(n => n.At, n => n.Name, StringComparer.OrdinalIgnoreCase);
        _byFile = ledger.All<VirtualMachineSpec>()
            .SelectMany(vm => vm.Spec.Disks.Where(d => d.ExistingFile is not null).Select(d => (vm.Name, Disk: d)))
            .ToLookup(d => (d.Disk.Datastore, d.Disk.ExistingFile!), d => d.Name);
    }

    /// <summary>Every instance that is asked for, by name.</summary>
    public ILookup<InstanceName, PlannedInstance> Plans { get; }

    public int Racks { get; }

    /// <summary>Only when something does not fit, so there is one.</summary>
    public string LargestNode
    {
        get
        {
            var (name, spec) = _nodes.MaxBy(n => n.Spec.Memory.Value);
            return $"the largest, {name}, has {spec.Cpus} vCPUs and {spec.Memory}";
        }
    }

    public int CardsOn(string network) => _cards.GetValueOrDefault(network);

    /// <summary>Whether some node could hold it alone; true while there are no nodes to compare with.</summary>
    public bool Fits(InstanceTemplate template) =>
        _nodes.Count == 0 || _nodes.Any(n => Holds(n.Spec, template.Vcpus, template.Memory));

    /// <summary>Whether a node that holds nothing else could hold so much.</summary>
    public bool Holds(NodeSpec node, int vcpus, Bytes memory) => _policy.Overcommit
        || (memory <= node.Memory && vcpus <= node.Cpus * _policy.VcpusPerCpu);

    public string? OtherNodeWith(string uuid, string name) => _byUuid[uuid].FirstOrDefault(other => other != name);

    /// <summary>Another node that is switched or cut off by what does that to this one.</summary>
    public (string Name, string At)? OtherNodeBehind(FenceMethod method, string name) => method.Switches
        .SelectMany(at => _bySwitch[at].Where(other => other != name).Select(other => ((string, string)?)(other, at)))
        .FirstOrDefault();

    /// <summary>A node that shall be cut off from the datastore.</summary>
    public string? CutFrom(string datastore) =>
        _nodes.FirstOrDefault(n => n.Spec.Cuts.Any(cut => cut.Datastores.Contains(datastore))).Name;

    public string? OtherOwnerOf(string datastore, string file, string name) =>
        _byFile[(datastore, file)].FirstOrDefault(other => other != name);
}
