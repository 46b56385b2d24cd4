using Havm.Model;
using Havm.Wire.Node;

namespace Havm.Runtime.Ports;

/// <summary>
/// The controller's end of all node streams and datagrams. Calls into <see cref="INodeSink"/> come from any thread,
/// in order per connection; a connection's end is told exactly once, and at once when the peer's kernel says so.
/// Malformed or oversized input ends that connection alone.
/// </summary>
public interface INodeListener : IAsyncDisposable
{
    /// <summary>
    /// Begins to listen; throws <see cref="TransportException"/> naming the address when it cannot be had.
    /// </summary>
    Task StartAsync(INodeSink sink, CancellationToken cancel);
}

public interface INodeSink
{
    void Heard(INodeConnection from, NodeFrame frame);

    void Datagram(DatagramBeat beat);

    void Closed(INodeConnection connection);
}

/// <summary>One process of one node, connected.</summary>
public interface INodeConnection
{
    /// <summary>Address of the peer, for people.</summary>
    string Peer { get; }

    /// <summary>The peer's address on the network, where others can ask for it; null where it is not known.</summary>
    string? Address { get; }

    /// <summary>
    /// Queues a frame. Never blocks: false when the connection is gone or its queue (64 frames) is full, in which case
    /// it is closed; goals are whole, so nothing is lost that the next answer does not carry.
    /// </summary>
    bool Send(ControllerFrame frame);

    void Close(string reason);
}

/// <summary>
/// A node process's end: connects to one controller, again and again with a short pause (250 ms to 1 s), until
/// disposed.
/// </summary>
public interface INodeLink : IAsyncDisposable
{
    Task RunAsync(INodeLinkSink sink, CancellationToken cancel);

    /// <summary>
    /// False when not connected; nothing is kept for later, because the next beat says everything again.
    /// </summary>
    bool Send(NodeFrame frame);

    /// <summary>Sends one datagram; losing it is no error.</summary>
    void SendDatagram(DatagramBeat beat);
}

public interface INodeLinkSink
{
    void Connected();

    void Answered(ControllerFrame frame);

    void Disconnected(string reason);
}

/// <summary>An address that cannot be used; the message names it, the reason and the remedy.</summary>
public sealed class TransportException(string message, Exception? inner = null) : Exception(message, inner);
