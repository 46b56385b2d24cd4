using Havm.Model;
using Havm.Simulator.World.Control;

namespace Havm.Simulator.World;

/// <summary>What nodes reach of their management network.</summary>
public sealed partial class VirtualWorld
{
    private (SimulatedController? Leader, NetworkReach Reach)? _wellReach;

    /// <summary>A node answers an echo of another: for that its kernel is enough.</summary>
    public bool NodeAnswers(NodeName node, NodeName asker) =>
        Host(node) is { Up: true, Gate.Held: false } && Network.Joins(asker, node);

    /// <summary>
    /// What a node reaches: the controller in office, and every isolation address while its own network carries
    /// anything at all, because where those stand in a partition no scenario says.
    /// </summary>
    public NetworkReach ReachOf(NodeName node)
    {
        var addresses = Store.Ledger.Policy.Liveness.IsolationAddresses;
        if (Network.IsFaulty)
        {
            return new NetworkReach
            {
                Answering = Network.IsCutOff(node, _hosts.Keys) ? [] : addresses,
                Controllers = Leader is { } leader && Network.Joins(node, leader.Home) ? [leader.Life] : [],
            };
        }

        // Told with every beat of every node: where all is well they all tell the same.
        if (_wellReach is not { } well || well.Leader != Leader || !addresses.Equals(well.Reach.Answering))
        {
            _wellReach = well = (Leader, new NetworkReach
            {
                Answering = addresses, Controllers = Leader is { } one ? [one.Life] : [],
            });
        }

        return well.Reach;
    }
}
