using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.Simulator.Transport;

/// <summary>
/// One connection. Frames cross as JSON bytes, so that the twin refuses what the line would refuse and shares no
/// object between the two ends. Each end has its own end of life: across a cut, the other one is not told.
/// </summary>
public sealed class SimulatedNodeConnection : INodeConnection
{
    private readonly SimulatedNodeNetwork _network;
    private readonly SimulatedNodeListener _listener;
    private readonly INodeLinkSink _node;
    private readonly TaskCompletionSource _nodeEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _toController;
    private int _toNode;
    private int _controllerEnded;
    private int _nodeEnded;

    internal SimulatedNodeConnection(
        SimulatedNodeNetwork network, SimulatedNodeListener listener, string peer, INodeLinkSink node)
    {
        (_network, _listener, _node, Peer) = (network, listener, node, peer);
        listener.Took(this);
        network.Post(node.Connected);
    }

    public string Peer { get; }

    public string? Address => Peer;

    /// <summary>Completes after the node's sink was told of the end.</summary>
    internal Task NodeEnd => _nodeEnd.Task;

    public bool Send(ControllerFrame frame) => Cross(
        frame, NodeJson.Default.ControllerFrame, _network.ControllerFrameBytes, ref _toNode, ref _controllerEnded,
        arrived =>
        {
            Interlocked.Decrement(ref _toNode);
            if (Volatile.Read(ref _nodeEnded) == 0)
            {
                _node.Answered(arrived);
            }
        });

    public void Close(string reason)
    {
        EndController();
        if (!_network.IsCut(Peer))
        {
            EndNode(reason);
        }
    }

    internal bool SendFromNode(NodeFrame frame) => Cross(
        frame, NodeJson.Default.NodeFrame, _network.NodeFrameBytes, ref _toController, ref _nodeEnded,
        arrived =>
        {
            Interlocked.Decrement(ref _toController);
            if (Volatile.Read(ref _controllerEnded) == 0)
            {
                _listener.Heard(this, arrived);
            }
        });

    internal void CloseFromNode(string reason)
    {
        EndNode(reason);
        if (!_network.IsCut(Peer))
        {
            EndController();
        }
    }

    private bool Cross<T>(
        T frame, JsonTypeInfo<T> shape, int limit, ref int underWay, ref int ended, Action<T> arrive) where T : class
    {
        if (Volatile.Read(ref ended) != 0)
        {
            return false;
        }

        byte[] line = JsonSerializer.SerializeToUtf8Bytes(frame, shape);
        if (line.Length > limit)
        {
            Close($"a line is longer than {limit} bytes");
            return true;
        }

        if (Interlocked.Increment(ref underWay) > _network.QueueFrames)
        {
            Close($"{_network.QueueFrames} frames wait for a peer that takes none");
            return false;
        }

        if (!_network.IsCut(Peer))
        {
            _network.Post(() => arrive(JsonSerializer.Deserialize(line, shape)!));
        }

        return true;
    }

    private void EndController()
    {
        if (Interlocked.Exchange(ref _controllerEnded, 1) == 0)
        {
            _network.Post(() => _listener.Closed(this));
        }
    }

    private void EndNode(string reason)
    {
        if (Interlocked.Exchange(ref _nodeEnded, 1) == 0)
        {
            _network.Post(() =>
            {
                _node.Disconnected(reason);
                _nodeEnd.SetResult();
            });
        }
    }
}
