using Havm.Model;
using Havm.Simulator.World.Control;
using Havm.Simulator.World.Network;

namespace Havm.Simulator.World;

/// <summary>What nodes reach of their management network.</summary>
public sealed partial class VirtualWorld
{
    private readonly List<(Instant Until, SimulatedController? Leader)> _leaders = [];
    private (SimulatedController? Leader, NetworkReach Reach)? _wellReach;

    /// <summary>The leader in office; null while there is none.</summary>
    public SimulatedController? Leader
    {
        get;
        private set
        {
            _leaders.Add((Time.Now, field));
            field = value;
        }
    }

    /// <summary>A node answers an echo of another: for that its kernel is enough.</summary>
    public bool NodeAnswers(NodeName node, NodeName asker) =>
        Host(node) is { Up: true, Gate.Held: false } && Network.Joins(asker, node);

    /// <summary>
    /// What a node reaches: the controller in office, and every isolation address while its own network carries
    /// anything at all, because where those stand in a partition no scenario says.
    /// </summary>
    public NetworkReach ReachOf(NodeName node) => ReachOf(node, Time.Now);

    /// <summary>What it reached at a moment until now: what it wrote then of its network.</summary>
    public NetworkReach ReachOf(NodeName node, Instant at)
    {
        var addresses = Store.Ledger.Policy.Liveness.IsolationAddresses;
        var leader = LeaderAt(at);
        if (Network.FaultsAt(at) is { Count: > 0 } faults)
        {
            return new NetworkReach
            {
                Answering = SimulatedNetwork.IsCutOff(faults, node, _hosts.Keys) ? [] : addresses,
                Controllers = leader is not null && SimulatedNetwork.Joins(faults, node, leader.Home)
                    ? [leader.Life] : [],
            };
        }

        // Told with every beat of every node: where all is well they all tell the same.
        if (_wellReach is not { } well || well.Leader != leader || !addresses.Equals(well.Reach.Answering))
        {
            _wellReach = well = (leader, new NetworkReach
            {
                Answering = addresses, Controllers = leader is null ? [] : [leader.Life],
            });
        }

        return well.Reach;
    }

    private SimulatedController? LeaderAt(Instant at)
    {
        var leader = Leader;
        for (var i = _leaders.Count - 1; i >= 0 && _leaders[i].Until > at; i--)
        {
            leader = _leaders[i].Leader;
        }

        return leader;
    }
}
