using System.Collections.Concurrent;
using Havm.Core;
using Havm.Core.Leases;
using Havm.Core.Liveness;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.Runtime.Control;

/// <summary>
/// Between node streams and the controller: numbers connections in order of acceptance, turns frames into inputs, and
/// carries answers and goals back.
/// </summary>
internal sealed class NodeDesk(
    string cluster, string controller, Func<Epoch> epoch, IClock clock, Action<Envelope> post) : INodeSink
{
    private readonly ConcurrentDictionary<INodeConnection, Line> _lines = new();
    private readonly ConcurrentDictionary<NodeName, INodeConnection> _agents = new();
    private readonly ConcurrentDictionary<NodeName, LinkWatch> _links = new();
    private long _connections;

    public void Heard(INodeConnection from, NodeFrame frame)
    {
        var (belongs, node) = frame switch
        {
            { Warden: { } w } => (w.Cluster, w.Node),
            { Agent: { } a } => (a.Cluster, a.Node),
            _ => ("", default),
        };
        if (belongs != cluster)
        {
            Refuse(from, frame,
                $"this controller leads cluster {cluster}, the node says {(belongs.Length == 0 ? "none" : belongs)}");
            return;
        }

        var line = _lines.GetOrAdd(from, _ => new Line(Interlocked.Increment(ref _connections), node));
        if (frame.Warden is { } warden)
        {
            post(new Envelope(
                Input(warden, line) with { Address = from.Address }, new Answerable(from, warden.Sequence)));
        }
        else if (frame.Agent is { } agent)
        {
            _agents[node] = from;
            if (agent.Wall is { } wall)
            {
                var offset = wall - clock.Wall;
                Watch(node, agent.Boot, watch => watch.Clock(offset));
            }

            post(new Envelope(Input(agent, line), new Answerable(from, agent.Sequence)));
        }
    }

    public void Datagram(DatagramBeat beat)
    {
        if (beat.Cluster == cluster)
        {
            post(new Envelope(new DatagramHeard(beat.Node, beat.Boot) { Uptime = beat.Uptime }, null));
            Watch(beat.Node, beat.Boot, watch => watch.Datagram(beat.Life, beat.Sequence));
        }
    }

    public void Closed(INodeConnection connection)
    {
        if (_lines.TryRemove(connection, out var line))
        {
            _agents.TryRemove(new KeyValuePair<NodeName, INodeConnection>(line.Node, connection));
            post(new Envelope(new StreamEnded(line.Node, line.Number), null));
        }
    }

    public void Answer(Answerable to, BeatAnswer answer) =>
        to.Connection.Send(Frame(answer.Goal) with
        {
            Answers = to.Sequence,
            Lease = answer.Lease,
            Departs = answer.Departs,
            LongLease = answer.LongLease,
            Event = answer.Event,
            IsolationAddresses = answer.IsolationAddresses,
            ReportVersion = answer.ReportVersion,
            Refused = answer.Refused,
        });

    /// <summary>Sends a goal as soon as it is committed; if that is lost the next answer carries it.</summary>
    public void Push(NodeName node, Goal goal)
    {
        if (_agents.TryGetValue(node, out var connection))
        {
            connection.Send(Frame(goal));
        }
    }

    /// <summary>Asks an agent about a silent node; if that is lost it is asked again.</summary>
    public void Ask(AgentQuestion question)
    {
        if (_agents.TryGetValue(question.Reader, out var connection))
        {
            connection.Send(question switch
            {
                ReadHeartbeat read => Frame(null) with { Look = new HeartbeatLook(read.About, read.Closely) },
                AskGuests ask => Frame(null) with { Guests = new GuestLook(ask.About, ask.Cards) },
                AskNode ask => Frame(null) with { Address = new AddressLook(ask.About, ask.Address) },
                _ => throw new InvalidOperationException($"no such question: {question}"),
            });
        }
    }

    /// <summary>Words of one node come by several ways at once.</summary>
    private void Watch(NodeName node, BootId boot, Func<LinkWatch, bool> change)
    {
        var watch = _links.GetOrAdd(node, _ => new LinkWatch());
        lock (watch)
        {
            if (change(watch.Of(boot)))
            {
                post(new Envelope(new LinkJudged(node, boot, watch.Told), null));
            }
        }
    }

    private void Refuse(INodeConnection from, NodeFrame frame, string reason) =>
        from.Send(
            Frame(null) with { Answers = frame.Warden?.Sequence ?? frame.Agent?.Sequence ?? 0, Refused = reason });

    private ControllerFrame Frame(Goal? goal) =>
        new() { Cluster = cluster, Controller = controller, Epoch = epoch(), Goal = goal };

    private static WardenBeatHeard Input(WardenBeat beat, Line line) =>
        new(beat.Node, beat.Boot, beat.Life, line.Number)
        {
            Highest = beat.Highest,
            Holds = beat.Holds,
            WatchdogArmed = beat.WatchdogArmed,
            Uptime = beat.Uptime,
            AgentAnswers = beat.AgentAnswers,
            DepartureReboots = beat.Departure?.Reboot,
            LongLease = beat.LongLease,
            Running = beat.Running.IsDefault ? [] : beat.Running,
            Reach = beat.Reach,
        };

    private static AgentBeatHeard Input(AgentBeat beat, Line line) =>
        new(beat.Node, beat.Boot, beat.Life, line.Number)
        {
            Highest = beat.Highest,
            Holds = beat.Holds,
            Report = beat.Report,
            Uptime = beat.Uptime,
            LookAge = beat.LookAge,
            Sightings = beat.Sightings.IsDefault ? [] : beat.Sightings,
            Guests = beat.Guests.IsDefault ? [] : beat.Guests,
            Reached = beat.Reached.IsDefault ? [] : beat.Reached,
        };

    private sealed record Line(long Number, NodeName Node);
}

/// <summary>A beat's way back.</summary>
internal sealed record Answerable(INodeConnection Connection, long Sequence);

/// <summary>An input with the beat to be answered, if it is one.</summary>
internal sealed record Envelope(Input Input, Answerable? Beat);
