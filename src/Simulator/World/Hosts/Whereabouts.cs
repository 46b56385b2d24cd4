using Havm.Model;

namespace Havm.Simulator.World.Hosts;

/// <summary>
/// On which hosts an instance has a process, running or held. It is asked at each start; to look at every host then
/// would cost more than the start.
/// </summary>
public sealed class Whereabouts
{
    private readonly Dictionary<InstanceName, SortedSet<NodeName>> _of = [];

    /// <summary>In name order; nearly always one at most.</summary>
    public IReadOnlyCollection<NodeName> Of(InstanceName instance) =>
        _of.TryGetValue(instance, out var nodes) ? nodes : [];

    public void Came(InstanceName instance, NodeName node)
    {
        if (!_of.TryGetValue(instance, out var nodes))
        {
            _of[instance] = nodes = [];
        }

        nodes.Add(node);
    }

    public void Went(InstanceName instance, NodeName node) => _of[instance].Remove(node);
}
