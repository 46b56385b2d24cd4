using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.Simulator.Transport;

/// <summary>A node process's end of a <see cref="SimulatedNodeNetwork"/>.</summary>
public sealed class SimulatedNodeLink(SimulatedNodeNetwork network, string peer, string address) : INodeLink
{
    private readonly CancellationTokenSource _disposed = new();
    private volatile SimulatedNodeConnection? _current;
    private Task _running = Task.CompletedTask;

    public Task RunAsync(INodeLinkSink sink, CancellationToken cancel) => _running = LoopAsync(sink, cancel);

    public bool Send(NodeFrame frame) => _current?.SendFromNode(frame) ?? false;

    public void SendDatagram(DatagramBeat beat)
    {
        if (network.Find(peer, address) is { } listener)
        {
            network.Post(() => listener.Datagram(beat));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    private async Task LoopAsync(INodeLinkSink sink, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, _disposed.Token);
        while (!stop.IsCancellationRequested)
        {
            if (network.Find(peer, address) is { } listener)
            {
                var connection = new SimulatedNodeConnection(network, listener, peer, sink);
                _current = connection;
                await using (stop.Token.Register(() => connection.CloseFromNode("ended by this process")))
                {
                    await connection.NodeEnd.ConfigureAwait(false);
                }

                _current = null;
            }

            await Task.Delay(network.ReconnectPause, network.Time, stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
