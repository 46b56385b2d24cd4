using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.Simulator.Transport;

/// <summary>The controller's end of a <see cref="SimulatedNodeNetwork"/>.</summary>
public sealed class SimulatedNodeListener(SimulatedNodeNetwork network, string address) : INodeListener
{
    private readonly Lock _gate = new();
    private readonly HashSet<SimulatedNodeConnection> _open = [];
    private INodeSink? _sink;

    public Task StartAsync(INodeSink sink, CancellationToken cancel)
    {
        network.Open(address, this);
        _sink = sink;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        network.Shut(address, this);
        SimulatedNodeConnection[] open;
        lock (_gate)
        {
            open = [.. _open];
        }

        foreach (SimulatedNodeConnection connection in open)
        {
            connection.Close("the controller stops listening");
        }

        return ValueTask.CompletedTask;
    }

    internal void Took(SimulatedNodeConnection connection)
    {
        lock (_gate)
        {
            _open.Add(connection);
        }
    }

    internal void Heard(SimulatedNodeConnection from, NodeFrame frame) => _sink?.Heard(from, frame);

    internal void Datagram(DatagramBeat beat) => _sink?.Datagram(beat);

    internal void Closed(SimulatedNodeConnection connection)
    {
        lock (_gate)
        {
            _open.Remove(connection);
        }

        _sink?.Closed(connection);
    }
}
