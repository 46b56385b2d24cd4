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
    public static QuietWord Of(NodeName node) => new(node, null, null, null, null, null);

    /// <summary>
    /// This word with an input in short added; null when it is none of the kinds that are ever quiet.
    /// </summary>
    public QuietWord? With(Input input, Instant at) => input switch
    {
        WardenBeatHeard beat => this with { Warden = at, Uptime = beat.Uptime },
        AgentBeatHeard => this with { Agent = at },
        DatagramHeard => this with { Datagram = at },
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

        if (Warden is { } warden)
        {
            cluster = Ear.Hear(cluster, new WardenBeatHeard(Node, boot, heard.Warden.Life, heard.Warden.Connection)
            {
                Uptime = Uptime ?? TimeSpan.Zero,
                WatchdogArmed = heard.WatchdogArmed,
                AgentAnswers = heard.AgentAnswers,
                DepartureReboots = heard.DepartureReboots,
                LongLease = heard.LongLease,
                Address = heard.Address,
                Reach = heard.Reach,
                Running = heard.Running,
            }, warden);
        }

        if (Agent is { } agent)
        {
            cluster = Ear.Hear(cluster, new AgentBeatHeard(Node, boot, heard.Agent.Life, heard.Agent.Connection)
            {
                LookAge = heard.LookIsOld ? OldNews.OldAfter : null,
            }, agent);
        }

        if (Datagram is { } datagram)
        {
            cluster = Ear.Hear(cluster, new DatagramHeard(Node, boot), datagram);
        }

        return Lease is { } lease ? Ear.Answered(cluster, Node, lease) : cluster;
    }
}
