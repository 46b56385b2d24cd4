using Havm.Model;

namespace Havm.Simulator.World.Network;

/// <summary>
/// One direction of a stream: what was sent on it arrives once and in order, later when packets are lost on the way,
/// and not at all once it is given up.
/// </summary>
public sealed class Lane
{
    private readonly Queue<(NodeName From, NodeName To, Action Arrive)> _waiting = new();

    /// <summary>When the last of what is on its way arrives.</summary>
    internal Instant LastArrival { get; set; }

    /// <summary>Its oldest packet is being sent again; the others wait for it.</summary>
    internal bool Resending { get; set; }

    internal bool GivenUp { get; private set; }

    internal Queue<(NodeName From, NodeName To, Action Arrive)> Waiting => _waiting;

    /// <summary>The stream is over: what has not left yet never arrives.</summary>
    public void GiveUp()
    {
        GivenUp = true;
        _waiting.Clear();
    }
}
