using Havm.Model;

namespace Havm.Simulator.World.Network;

/// <summary>
/// Carries messages between nodes, each on its way for a while or lost. What a node says to itself needs no network.
/// BMCs and datastores are reached by other ways.
/// </summary>
public sealed class SimulatedNetwork(VirtualTime time, TimeSpan wire)
{
    private readonly List<ILinkFault> _faults = [];

    /// <summary>Something about who reaches whom has changed.</summary>
    public event Action? Changed;

    public void Add(ILinkFault fault)
    {
        _faults.Add(fault);
        Changed?.Invoke();
    }

    /// <summary>Ends a fault; one that equals it will do.</summary>
    public bool Remove(ILinkFault fault)
    {
        var removed = _faults.Remove(fault);
        if (removed)
        {
            Changed?.Invoke();
        }

        return removed;
    }

    public bool Has(ILinkFault fault) => _faults.Contains(fault);

    /// <summary>Whether a message could get there and its answer back.</summary>
    public bool Joins(NodeName one, NodeName other) =>
        _faults.Count == 0 || one == other || (Way(one, other) is not null && Way(other, one) is not null);

    /// <summary>Sends; what is lost is lost without a word.</summary>
    public void Send(NodeName from, NodeName to, Action arrive)
    {
        if (Way(from, to) is { } delay)
        {
            time.After(delay, arrive);
        }
    }

    /// <summary>How long a message takes; null when it does not arrive.</summary>
    private TimeSpan? Way(NodeName from, NodeName to)
    {
        if (_faults.Count == 0 || from == to)
        {
            return wire;
        }

        var passage = new Passage(from, to, wire);
        foreach (var fault in _faults)
        {
            fault.Act(passage);
        }

        return passage.Lost ? null : passage.Delay;
    }
}
