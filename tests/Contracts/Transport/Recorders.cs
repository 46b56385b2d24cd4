using System.Threading.Channels;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.Contracts.Transport;

/// <summary>Remembers what a listener told, in order, and can answer from the same thread.</summary>
internal sealed class ListenerRecorder : INodeSink
{
    private readonly Channel<(INodeConnection From, NodeFrame Frame)> _heard =
        Channel.CreateUnbounded<(INodeConnection, NodeFrame)>();

    private readonly Channel<INodeConnection> _closed = Channel.CreateUnbounded<INodeConnection>();
    private readonly Channel<DatagramBeat> _datagrams = Channel.CreateUnbounded<DatagramBeat>();

    /// <summary>Answers each beat at once with its sequence.</summary>
    public bool Answers { get; init; }

    public void Heard(INodeConnection from, NodeFrame frame)
    {
        _heard.Writer.TryWrite((from, frame));
        if (Answers)
        {
            from.Send(Frames.Answer(frame.Warden!.Sequence));
        }
    }

    public void Datagram(DatagramBeat beat) => _datagrams.Writer.TryWrite(beat);

    public void Closed(INodeConnection connection) => _closed.Writer.TryWrite(connection);

    public Task<(INodeConnection From, NodeFrame Frame)> NextHeardAsync() => Bounded.NextAsync(_heard);

    public Task<INodeConnection> NextClosedAsync() => Bounded.NextAsync(_closed);

    public Task<DatagramBeat> NextDatagramAsync() => Bounded.NextAsync(_datagrams);

    public bool NothingClosed => !_closed.Reader.TryPeek(out _);
}

/// <summary>Remembers what a link told. Answers can be held up, as by a process that has stopped reading.</summary>
internal sealed class LinkRecorder : INodeLinkSink
{
    private readonly Channel<string> _turns = Channel.CreateUnbounded<string>();
    private readonly Channel<ControllerFrame> _answers = Channel.CreateUnbounded<ControllerFrame>();

    public ManualResetEventSlim Reading { get; } = new(true);

    public void Connected() => _turns.Writer.TryWrite("connected");

    public void Answered(ControllerFrame frame)
    {
        Reading.Wait(Bounded.Limit);
        _answers.Writer.TryWrite(frame);
    }

    public void Disconnected(string reason) => _turns.Writer.TryWrite("disconnected");

    public Task<string> NextTurnAsync() => Bounded.NextAsync(_turns);

    public Task<ControllerFrame> NextAnswerAsync() => Bounded.NextAsync(_answers);

    public bool NoMoreTurns => !_turns.Reader.TryPeek(out _);
}

internal static class Bounded
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task<T> NextAsync<T>(Channel<T> channel)
    {
        using var limit = new CancellationTokenSource(Limit);
        return await channel.Reader.ReadAsync(limit.Token);
    }
}

internal static class Frames
{
    public static readonly NodeName Node = new("r1n1");

    public static NodeFrame Beat(long sequence, string cluster = "lab") => new()
    {
        Warden = new WardenBeat
        {
            Cluster = cluster,
            Node = Node,
            Boot = new BootId("boot-1"),
            Life = new ProcessLife("life-1"),
            Sequence = sequence,
        },
    };

    public static DatagramBeat Datagram(long sequence) =>
        new("lab", Node, new BootId("boot-1"), new ProcessLife("life-1"), sequence);

    public static ControllerFrame Answer(long answers, string? padding = null) => new()
    {
        Cluster = "lab",
        Controller = "c1",
        Epoch = new Epoch(3),
        Answers = answers,
        Lease = true,
        Refused = padding,
    };
}
