using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>
/// The nodes whose agents speak and can be asked about others' heartbeats. Made once per round, and looked through only
/// when somebody asks: in a storm many nodes are silent at once.
/// </summary>
internal sealed class HeartbeatReaders
{
    private readonly Cluster _cluster;
    private readonly Lazy<ImmutableArray<(NodeName Name, RackName? Rack)>> _speaking;

    public HeartbeatReaders(Cluster cluster, Instant now)
    {
        _cluster = cluster;
        _speaking = new(() =>
        [
            .. cluster.Ledger.Nodes.Values
                .Where(n => n.Phase == NodePhase.Up
                    && cluster.HeardOf(n.Name).Agent.Speaks(cluster.Policy.Liveness.SuspectAfter, now))
                .GroupBy(n => cluster.Ledger.NodeSpecOf(n.Name)?.Rack)
                .SelectMany(rack => rack.Select((n, place) => (n.Name, Rack: rack.Key, Place: place)))
                .OrderBy(n => n.Place).ThenBy(n => n.Name)
                .Select(n => (n.Name, n.Rack)),
        ]);
    }

    /// <summary>Those of a node's own rack.</summary>
    public IEnumerable<NodeName> NeighboursOf(NodeName silent)
    {
        var home = _cluster.Ledger.NodeSpecOf(silent)?.Rack;
        return _speaking.Value.Where(n => n.Rack == home && n.Name != silent).Select(n => n.Name);
    }

    /// <summary>
    /// Those of other racks, beginning with another one for each node: of many that fall silent together not all are
    /// asked about at the same agent.
    /// </summary>
    public IEnumerable<NodeName> OthersFor(NodeName silent)
    {
        var home = _cluster.Ledger.NodeSpecOf(silent)?.Rack;
        var begin = _speaking.Value.IsEmpty ? 0 : silent.Value.Sum(letter => letter) % _speaking.Value.Length;
        return _speaking.Value.Skip(begin).Concat(_speaking.Value.Take(begin))
            .Where(n => n.Rack != home).Select(n => n.Name);
    }

    /// <summary>
    /// Who can be asked about a node, best first: one of each rack in turn, its own rack's last, because what silenced
    /// it may silence them.
    /// </summary>
    public IEnumerable<NodeName> For(NodeName silent)
    {
        var home = _cluster.Ledger.NodeSpecOf(silent)?.Rack;
        return _speaking.Value.Where(n => n.Rack != home)
            .Select(n => n.Name)
            .Concat(NeighboursOf(silent));
    }
}
