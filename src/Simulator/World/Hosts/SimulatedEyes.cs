using Havm.Core.Host.Goals;
using Havm.Core.Host.Watch;
using Havm.Model;
using Havm.Simulator.Host;

namespace Havm.Simulator.World.Hosts;

/// <summary>
/// Reads other nodes' datastore heartbeats while somebody asks, each second or four times that. What a real agent would
/// have read before it was asked is read back then. Asks guests of other nodes, as long as an agent waits for answers.
/// </summary>
public sealed class SimulatedEyes(
    VirtualWorld world, SimulatedHost host, Gate gate, Func<bool> alive, Action<HostInput> inbox)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Closely = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// A question holds for 5 s; a little longer does no harm, because the machine itself forgets it.
    /// </summary>
    private static readonly TimeSpan Holds = TimeSpan.FromSeconds(6);

    private readonly SortedDictionary<NodeName, Instant> _asked = [];
    private readonly SortedDictionary<NodeName, DatastoreWatch> _watches = [];
    private Instant _closelyUntil;
    private bool _reading;

    public void LookCloselyUntil(Instant until) => _closelyUntil = until;

    public void AskedAbout(NodeName node)
    {
        _asked[node] = world.Time.Now + Holds;
        if (!_watches.ContainsKey(node))
        {
            _watches[node] = world.Heartbeats.ReadBack(host.Name, host.At, node);
        }

        if (!_reading)
        {
            // The first reading begins at once: a tenth of a second counts for the verdict.
            _reading = true;
            gate.After(world.Settings.LocalCall, Read);
        }
    }

    /// <summary>Whoever has not answered by then does not.</summary>
    public void AskGuests(HostEffect.AskGuests ask) => gate.After(world.Settings.GuestProbe, () =>
    {
        if (alive())
        {
            inbox(new HostInput.GuestsAnswered(
                ask.Node,
                new SimulatedGuestProbe(card => world.GuestAnswers(card.Instance, host.Name)).Ask(ask.Cards)));
        }
    });

    /// <summary>An echo that comes back does so at once; whoever asked in vain knows it a second later.</summary>
    public void AskNode(HostEffect.AskNode ask)
    {
        var answers = new SimulatedAddressProbe(
            host.Name.Value, address => world.NodeAnswers(new NodeName(address), host.Name)).Answers(ask.Address);
        gate.After(answers ? world.Settings.LocalCall : Second, () =>
        {
            if (alive())
            {
                inbox(new HostInput.NodeAnswered(ask.Node, answers));
            }
        });
    }

    private void Read()
    {
        foreach (var over in _asked.Where(asked => asked.Value < world.Time.Now).Select(a => a.Key).ToList())
        {
            _asked.Remove(over);
            _watches.Remove(over);
        }

        _reading = _asked.Count > 0 && alive();
        if (!_reading)
        {
            return;
        }

        foreach (var (node, watch) in _watches)
        {
            world.Heartbeats.Read(watch, host.Name, host.At, node);
        }

        inbox(new HostInput.SightingsRead(
            [.. _watches.SelectMany(w => w.Value.Sightings(host.Local).Where(seen => seen.Node == w.Key))]));
        gate.After(host.Local < _closelyUntil ? Closely : Second, Read);
    }
}
