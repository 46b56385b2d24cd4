using Havm.Core;
using Havm.Core.Liveness;
using Havm.Model;

namespace Havm.Runtime.Recording;

/// <summary>
/// The newest words of one node that said nothing new since the last record, in short: when they came. Everything else
/// that they carried is in the picture already.
/// </summary>
/// <param name="Node">Whose.</param>
/// <param name="Warden">When its warden beat; null: it did not.</param>
/// <param name="Uptime">The node's boot clock in that beat.</param>
/// <param name="Agent">When its agent beat.</param>
/// <param name="Datagram">When its datagram came.</param>
/// <param name="Lease">When an answer that renews its lease was handed to the network.</param>
public sealed record QuietWord(
    NodeName Node, Instant? Warden, TimeSpan? Uptime, Instant? Agent, Instant? Datagram, Instant? Lease)
{
    /// <summary>
    /// The beat of its warden among them that was least long on its way, where that told more of the node's clock than
    /// any before; null: none did, or the newest.
    /// </summary>
    public ClockWord? Quickest { get; init; }

    /// <summary>The node's boot clock in the beat of its agent; null: it did not tell.</summary>
    public TimeSpan? AgentUptime { get; init; }

    /// <summary>The node's boot clock in the datagram; null: it did not tell.</summary>
    public TimeSpan? DatagramUptime { get; init; }

    public static QuietWord Of(NodeName node) => new(node, null, null, null, null, null);

    /// <summary>
    /// This word with an input in short added; null when it is none of the kinds that are ever quiet.
    /// </summary>
    /// <param name="input">What was heard.</param>
    /// <param name="at">When.</param>
    /// <param name="after">What is known of the node since.</param>
    public QuietWord? With(Input input, Instant at, NodeHeard after) => input switch
    {
        WardenBeatHeard beat => this with
        {
            Warden = at,
            Uptime = beat.Uptime,
            Quickest = after.Quickest?.At == at ? null
                : Warden is { } last && after.Quickest?.At == last ? new ClockWord(last, Uptime ?? TimeSpan.Zero)
                : Quickest,
        },
        AgentBeatHeard beat => this with { Agent = at, AgentUptime = beat.Uptime },
        DatagramHeard datagram => this with { Datagram = at, DatagramUptime = datagram.Uptime },
        _ => null,
    };

    /// <summary>Hears all of it, as the words that it stands for were heard.</summary>
    public Cluster Into(Cluster cluster)
    {
        var heard = cluster.HeardOf(Node);
        if (heard.Boot is not { } boot)
        {
            return cluster;
        }

        if (Quickest is { } quickest)
        {
            cluster = Ear.Hear(cluster, Beat(quickest.Uptime), quickest.At);
        }

        if (Warden is { } warden)
        {
            cluster = Ear.Hear(cluster, Beat(Uptime ?? TimeSpan.Zero), warden);
        }

        if (Agent is { } agent)
        {
            cluster = Ear.Hear(cluster, new AgentBeatHeard(Node, boot, heard.Agent.Life, heard.Agent.Connection)
            {
                Uptime = AgentUptime,
                LookAge = heard.LookIsOld ? OldNews.OldAfter : null,
            }, agent);
        }

        if (Datagram is { } datagram)
        {
            cluster = Ear.Hear(cluster, new DatagramHeard(Node, boot) { Uptime = DatagramUptime }, datagram);
        }

        return Lease is { } lease ? Ear.Answered(cluster, Node, lease) : cluster;

        WardenBeatHeard Beat(TimeSpan uptime) => new(Node, boot, heard.Warden.Life, heard.Warden.Connection)
        {
            Uptime = uptime,
            WatchdogArmed = heard.WatchdogArmed,
            AgentAnswers = heard.AgentAnswers,
            DepartureReboots = heard.DepartureReboots,
            LongLease = heard.LongLease,
            Address = heard.Address,
            Reach = heard.Reach,
            Running = heard.Running,
        };
    }
}

/// <summary>What a word of a node's warden tells of its boot clock.</summary>
/// <param name="At">When it came.</param>
/// <param name="Uptime">The node's boot clock in it.</param>
public sealed record ClockWord(Instant At, TimeSpan Uptime);
