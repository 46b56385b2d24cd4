using Havm.Core.Changes;
using Havm.Core.Incidents;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Healing;

/// <summary>
/// Agents that are gone while their warden speaks, or go on beating with old news. The node's own supervisor restarts
/// them; nothing is ever fenced for it, people are only told.
/// </summary>
public static class AgentWatchDecider
{
    /// <summary>
    /// A node that just booted, or that we have just begun to hear, may take this long to start its agent.
    /// </summary>
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        var open = cluster.Ledger.Incidents.Values
            .Where(i => i is { Open: true, Kind: IncidentKind.AgentDown })
            .ToDictionary(i => i.Subject);
        var terms = cluster.Policy.Liveness;
        foreach (var node in cluster.Ledger.Nodes.Values.Where(n => n.Phase == NodePhase.Up))
        {
            var heard = cluster.HeardOf(node.Name);
            if (heard.Boot != node.Boot || heard.Warden.At is not { } warden || now - warden >= terms.SuspectAfter)
            {
                continue;
            }

            var known = open.GetValueOrDefault(node.Name.Value);
            var old = heard.Agent.BrokenAt is null ? OldNews.Of(cluster, heard, now) : null;
            if (known is null && (old is not null || IsDown(cluster, node, heard, terms, now)))
            {
                yield return Open(cluster, node, heard, warden, old, now);
            }
            else if (known is not null && old is null && heard.Agent is { At: { } at, BrokenAt: null }
                && now - at < terms.SuspectAfter)
            {
                var back = new Reason(
                    "healing", "agentBack", $"the agent of {node.Name} is back and has taken up its VMs again");
                yield return new Proposal(new IncidentClosed(known.Id, back.Message, cluster.Wall), back);
            }
        }
    }

    private static bool IsDown(Cluster cluster, NodeRecord node, NodeHeard heard, LivenessPolicy terms, Instant now)
    {
        var listening = cluster.Office.ListeningSince;
        return heard.Agent.At is { } at
            ? heard.Agent.BrokenAt is not null || now - Instant.Max(at, listening) >= terms.LostAfter
            : now - listening >= StartTime && cluster.Wall - node.Since >= StartTime;
    }

    private static Proposal Open(
        Cluster cluster, NodeRecord node, NodeHeard heard, Instant warden, string? old, Instant now)
    {
        var agent = old ?? heard.Agent switch
        {
            { At: null } => "agent has not spoken",
            { BrokenAt: { } broken } => $"agent's stream ended {(now - broken).TotalSeconds:0.0} s ago",
            _ => "agent's stream is open and silent",
        };
        var why = new Reason("healing", old is null ? "agentDown" : "agentOldNews",
            $"the agent of {node.Name} {(old is null ? "is gone while its warden speaks" : "tells old news")}: "
                + "VMs go on, the node's supervisor restarts the agent")
        {
            Evidence =
            [
                new("stream", agent),
                new("heartbeat",
                    $"warden heard {(now - warden).TotalSeconds:0.0} s ago, "
                        + $"and says that the agent {(heard.AgentAnswers ? "answers it" : "does not answer it")}"),
            ],
        };
        var draft = IncidentFile.Draft(cluster, IncidentKind.AgentDown, node.Name.Value, why) with
        {
            LastWell = heard.Agent.At is { } at ? cluster.WallOf(at, now) : null,
        };
        return new Proposal(new IncidentOpened(draft, null), why);
    }
}
