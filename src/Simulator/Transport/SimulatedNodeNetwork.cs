using Havm.Runtime.Ports;

namespace Havm.Simulator.Transport;

/// <summary>
/// A network between node processes and controllers without sockets. Whatever it delivers goes through
/// <c>post</c>, which runs actions one after another in the order they were given: the world decides when.
/// </summary>
public sealed class SimulatedNodeNetwork(Action<Action> post, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SimulatedNodeListener> _listeners = [];
    private readonly HashSet<string> _cut = [];

    /// <summary>Longest frame of a node and of a controller, in bytes of JSON.</summary>
    public int NodeFrameBytes { get; init; } = 1 << 20;

    public int ControllerFrameBytes { get; init; } = 4 << 20;

    /// <summary>Frames under way to one peer before its connection is given up.</summary>
    public int QueueFrames { get; init; } = 64;

    public TimeSpan ReconnectPause { get; init; } = TimeSpan.FromMilliseconds(250);

    internal TimeProvider Time => time;

    public SimulatedNodeListener MakeListener(string address) => new(this, address);

    /// <param name="peer">Name of the sending end, which <see cref="Cut"/> takes.</param>
    /// <param name="address">Of the listener.</param>
    public SimulatedNodeLink MakeLink(string peer, string address) => new(this, peer, address);

    /// <summary>From now on nothing from or to this peer arrives, not even the end of a stream.</summary>
    public void Cut(string peer)
    {
        lock (_gate)
        {
            _cut.Add(peer);
        }
    }

    public void Heal(string peer)
    {
        lock (_gate)
        {
            _cut.Remove(peer);
        }
    }

    internal bool IsCut(string peer)
    {
        lock (_gate)
        {
            return _cut.Contains(peer);
        }
    }

    internal void Post(Action delivery) => post(delivery);

    internal void Open(string address, SimulatedNodeListener listener)
    {
        lock (_gate)
        {
            if (!_listeners.TryAdd(address, listener))
            {
                throw new TransportException(
                    $"cannot listen for nodes on {address}: it is in use; stop the other listener");
            }
        }
    }

    internal void Shut(string address, SimulatedNodeListener listener)
    {
        lock (_gate)
        {
            if (_listeners.GetValueOrDefault(address) == listener)
            {
                _listeners.Remove(address);
            }
        }
    }

    /// <summary>The listener at an address as this peer can reach it now; null when it cannot.</summary>
    internal SimulatedNodeListener? Find(string peer, string address)
    {
        lock (_gate)
        {
            return _cut.Contains(peer) ? null : _listeners.GetValueOrDefault(address);
        }
    }
}
