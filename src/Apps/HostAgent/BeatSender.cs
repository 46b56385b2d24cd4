using System.Collections.Immutable;
using Havm.Core.Host.Goals;
using Havm.Model;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.HostAgent;

/// <summary>
/// The agent's beats to every controller. The report rides along until that controller has quoted its version, so that
/// a beat without news is a few hundred bytes.
/// </summary>
public sealed class BeatSender(CheckedConfig config, IClock clock)
{
    private readonly List<ControllerEnd> _ends = [];
    private readonly ProcessLife _life = new(Guid.NewGuid().ToString("N"));
    private long _sequence;
    private volatile bool _hurry;

    /// <summary>
    /// A controller has just connected and knows nothing yet: the next beat must not wait its second.
    /// </summary>
    public bool IsHurried => _hurry;

    /// <summary>Adds a controller; before the first beat.</summary>
    public INodeLinkSink Add(string controller, INodeLink link, Action<HostInput> inbox, DecisionLog log)
    {
        var end = new ControllerEnd(controller, link, inbox, Hurry, log);
        _ends.Add(end);
        return end;
    }

    public void Send(
        LeaderSeen highest, GoalVersion? holds, long version, NodeReport? report, TimeSpan lookAge, SeenOfOthers seen)
    {
        _hurry = false;
        _sequence++;
        foreach (var end in _ends)
        {
            end.Send(new AgentBeat
            {
                Cluster = config.Config.Cluster,
                Node = config.Node,
                Boot = config.Boot,
                Life = _life,
                Sequence = _sequence,
                Highest = highest,
                Holds = holds,
                Uptime = clock.Now.SinceOrigin,
                Wall = clock.Wall,
                ReportVersion = version,
                Report = end.Holds == version ? null : report,
                LookAge = lookAge,
                Sightings = seen.Sightings,
                Guests = seen.Guests,
                Reached = seen.Reached,
            });
        }
    }

    private void Hurry() => _hurry = true;

    /// <summary>One controller, and what it holds of us.</summary>
    private sealed class ControllerEnd(
        string controller, INodeLink link, Action<HostInput> inbox, Action connected, DecisionLog log) : INodeLinkSink
    {
        private long _holds;

        public long Holds => Interlocked.Read(ref _holds);

        public void Send(AgentBeat beat) => link.Send(new NodeFrame { Agent = beat });

        public void Connected()
        {
            Interlocked.Exchange(ref _holds, 0);
            log.Write("link", "connected", $"connected to controller {controller}");
            connected();
            inbox(new HostInput.Tick());
        }

        public void Answered(ControllerFrame frame)
        {
            if (frame.Answers > 0)
            {
                Interlocked.Exchange(ref _holds, frame.ReportVersion);
            }

            inbox(new HostInput.ControllerSpoke(
                frame.Cluster, frame.Controller, frame.Epoch, frame.ReportVersion, frame.Goal, frame.Refused));
            if (frame.Look is { } look)
            {
                inbox(new HostInput.HeartbeatAsked(look.Node, look.Closely));
            }

            if (frame.Guests is { Cards.IsDefaultOrEmpty: false } guests)
            {
                inbox(new HostInput.GuestsAsked(guests.Node, guests.Cards));
            }

            if (frame.Address is { } asked)
            {
                inbox(new HostInput.NodeAsked(asked.Node, asked.Address));
            }
        }

        public void Disconnected(string reason) =>
            log.Write("link", "disconnected", $"controller {controller}: {reason}");
    }
}

/// <summary>What was seen of silent nodes since the last beat; goes out once.</summary>
public sealed record SeenOfOthers(
    ImmutableArray<DatastoreSighting> Sightings, ImmutableArray<GuestAnswer> Guests, ImmutableArray<NodeName> Reached);
