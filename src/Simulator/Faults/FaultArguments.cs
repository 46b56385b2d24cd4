using System.Collections.Immutable;
using System.Globalization;
using Havm.Model;

namespace Havm.Simulator.Faults;

/// <summary>What a scenario's names lead to in its world.</summary>
public interface IFaultNames
{
    NodeName NodeOf(string name);

    InstanceName InstanceOf(string name);

    /// <summary>The nodes of a rack, in the order of their names.</summary>
    ImmutableArray<NodeName> NodesOfRack(string rack);
}

/// <summary>The fields of one fault as its maker reads them. What was left out is filled in by now.</summary>
public sealed class FaultArguments(FaultValues values, IFaultNames names)
{
    public NodeName Node => names.NodeOf(Word("node"));

    public InstanceName Vm => names.InstanceOf(Word("vm"));

    public ImmutableArray<NodeName> Rack => names.NodesOfRack(Word("rack"));

    public bool Has(string field) => values.Has(field);

    public string Word(string field) => values.Words(field)[0];

    public ImmutableArray<NodeName> Nodes(string field) => [.. values.Words(field).Select(names.NodeOf)];

    public ImmutableArray<ImmutableArray<NodeName>> Groups(string field) =>
        [.. values.Fields[field].Select(group => group.Select(names.NodeOf).ToImmutableArray())];

    public TimeSpan Time(string field) => TimeSpan.FromMilliseconds(Parse(Word(field)[..^2]));

    public int Count(string field) => (int)Parse(Word(field));

    public double Number(string field) => Parse(Word(field));

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
