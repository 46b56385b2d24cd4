using Havm.Model;

namespace Havm.Simulator.World.Network;

/// <summary>
/// Carries packets between nodes, each on its way for a while or lost: datagrams as they come, and streams, which send
/// again what was lost and keep the order. What a node says to itself needs no network. BMCs and datastores are reached
/// by other ways.
/// </summary>
/// <param name="time">The world's clock.</param>
/// <param name="wire">One way, when nothing is wrong.</param>
/// <param name="receive">Hands what has arrived to its node, which may stand still.</param>
public sealed class SimulatedNetwork(VirtualTime time, TimeSpan wire, Action<NodeName, Action> receive)
{
    /// <summary>First wait for an acknowledgement before a packet of a stream is sent again; it doubles.</summary>
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);

    /// <summary>A stream whose packets nobody acknowledges for this long is given up by its sender's kernel.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly List<ILinkFault> _faults = [];
    private readonly List<(Instant Until, ILinkFault[] Faults)> _before = [];

    /// <summary>Something about who reaches whom has changed.</summary>
    public event Action? Changed;

    /// <summary>Anything at all is wrong.</summary>
    public bool IsFaulty => _faults.Count > 0;

    /// <summary>Something is wrong besides whole nodes being cut off.</summary>
    public bool IsIll => _faults.Exists(fault => fault is not NodeCut);

    public void Add(ILinkFault fault)
    {
        Remember();
        _faults.Add(fault);
        Changed?.Invoke();
    }

    /// <summary>Ends a fault; one that equals it will do.</summary>
    public bool Remove(ILinkFault fault)
    {
        if (!_faults.Contains(fault))
        {
            return false;
        }

        Remember();
        _faults.Remove(fault);
        Changed?.Invoke();
        return true;
    }

    /// <summary>Ends all faults but cuts of whole nodes.</summary>
    public void Heal()
    {
        if (IsIll)
        {
            Remember();
            _faults.RemoveAll(fault => fault is not NodeCut);
            Changed?.Invoke();
        }
    }

    /// <summary>All that was wrong at a moment until now.</summary>
    public IReadOnlyList<ILinkFault> FaultsAt(Instant at)
    {
        IReadOnlyList<ILinkFault> faults = _faults;
        for (var i = _before.Count - 1; i >= 0 && _before[i].Until > at; i--)
        {
            faults = _before[i].Faults;
        }

        return faults;
    }

    public bool Has(ILinkFault fault) => _faults.Contains(fault);

    /// <summary>Whether a guest on one node and another node reach each other.</summary>
    public bool JoinsGuestsOf(NodeName home, NodeName other) => _faults.TrueForAll(fault =>
        fault is NodeCut { GuestsPass: true } cut && cut.Node == home
            || !(fault.Cuts(home, other) || fault.Cuts(other, home)));

    /// <summary>Whether a packet could get there and its answer back.</summary>
    public bool Joins(NodeName one, NodeName other) => Joins(_faults, one, other);

    /// <summary>The same, were these its faults.</summary>
    public static bool Joins(IReadOnlyList<ILinkFault> faults, NodeName one, NodeName other) =>
        faults.Count == 0 || (Carries(faults, one, other) && Carries(faults, other, one));

    /// <summary>Whether a packet could get there.</summary>
    public bool Carries(NodeName from, NodeName to) => Carries(_faults, from, to);

    /// <summary>How much longer everything takes on this way, one way, than on a whole network.</summary>
    public TimeSpan Slowness(NodeName from, NodeName to) => from == to
        ? TimeSpan.Zero
        : _faults.Aggregate(TimeSpan.Zero, (sum, fault) => sum + fault.Slows(from, to));

    /// <summary>
    /// Whether a node hears none of the others and is heard by none, by its own cut or by cuts of the network; that
    /// others are cut off themselves does not count.
    /// </summary>
    public bool IsCutOff(NodeName node, IEnumerable<NodeName> all) => IsCutOff(_faults, node, all);

    /// <summary>The same, were these its faults.</summary>
    public static bool IsCutOff(IReadOnlyList<ILinkFault> faults, NodeName node, IEnumerable<NodeName> all)
    {
        if (faults.OfType<NodeCut>().Any(cut => cut.Node == node))
        {
            return true;
        }

        ILinkFault[] cuts = [.. faults.Where(fault => fault is not NodeCut)];
        return cuts.Length > 0 && all.Where(other => other != node).All(other =>
            cuts.Any(cut => cut.Cuts(node, other)) && cuts.Any(cut => cut.Cuts(other, node)));
    }

    /// <summary>The cut of the node as a whole; null: there is none.</summary>
    public NodeCut? CutOf(NodeName node) => _faults.OfType<NodeCut>().FirstOrDefault(cut => cut.Node == node);

    /// <summary>A datagram: lost, repeated and overtaken as it comes.</summary>
    public void Send(NodeName from, NodeName to, Action arrive)
    {
        if (Pass(from, to) is { } passage)
        {
            time.After(passage.Delay, () => receive(to, arrive));
            if (passage.Again is { } again)
            {
                time.After(passage.Delay + again, () => receive(to, arrive));
            }
        }
    }

    /// <summary>A packet of a stream.</summary>
    public void Send(NodeName from, NodeName to, Lane lane, Action arrive)
    {
        if (lane.GivenUp)
        {
            return;
        }

        if (_faults.Count == 0 && !lane.Resending && lane.LastArrival <= time.Now + wire)
        {
            time.After(wire, () => receive(to, arrive));
        }
        else if (lane.Resending)
        {
            lane.Waiting.Enqueue((from, to, arrive));
        }
        else
        {
            Try(from, to, lane, arrive, TimeSpan.Zero, FirstWait);
        }
    }

    private static bool Carries(IReadOnlyList<ILinkFault> faults, NodeName from, NodeName to)
    {
        if (from == to)
        {
            return true;
        }

        for (var i = 0; i < faults.Count; i++)
        {
            if (faults[i].Cuts(from, to))
            {
                return false;
            }
        }

        return true;
    }

    private void Remember() => _before.Add((time.Now, [.. _faults]));

    private void Try(
        NodeName from, NodeName to, Lane lane, Action arrive, TimeSpan waited, TimeSpan wait)
    {
        if (lane.GivenUp)
        {
            return;
        }

        if (Pass(from, to) is { } passage)
        {
            lane.Resending = false;
            lane.LastArrival = Instant.Max(lane.LastArrival, time.Now + passage.Delay);
            time.At(lane.LastArrival, () => receive(to, arrive));
            SendOn(lane);
        }
        else if (waited + wait > Patience)
        {
            lane.GiveUp();
        }
        else
        {
            lane.Resending = true;
            time.After(wait, () => Try(from, to, lane, arrive, waited + wait, wait * 2));
        }
    }

    private void SendOn(Lane lane)
    {
        while (!lane.Resending && lane.Waiting.TryDequeue(out var next))
        {
            Try(next.From, next.To, lane, next.Arrive, TimeSpan.Zero, FirstWait);
        }
    }

    /// <summary>What becomes of a packet that leaves now; null when it does not arrive.</summary>
    private Passage? Pass(NodeName from, NodeName to)
    {
        var passage = new Passage(from, to, wire, time);
        if (_faults.Count == 0 || from == to)
        {
            return passage;
        }

        if (!Carries(from, to))
        {
            return null;
        }

        foreach (var fault in _faults)
        {
            fault.Act(passage);
        }

        return passage.Lost ? null : passage;
    }
}
