using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Fencing;
using Havm.Core.Incidents;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>
/// Up, suspect, lost: what the silence of a node means. At *suspect* evidence is gathered (its BMC is read); at *lost* a
/// verdict is reached, and revised as evidence comes. A verdict frees nothing: that takes a proof.
/// </summary>
public static class LivenessDecider
{
    private static readonly TimeSpan ReadAgain = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(3);

    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            var heard = cluster.HeardOf(node.Name);
            var proposals = heard.Boot is { } boot && boot != node.Boot
                ? Booted(cluster, node, boot)
                : heard.Ghost is { } ghost ? Ghost(cluster, node, ghost) : Judge(cluster, node, heard, now);
            foreach (var proposal in proposals)
            {
                yield return proposal;
            }
        }
    }

    private static IEnumerable<Proposal> Booted(Cluster cluster, NodeRecord node, BootId boot)
    {
        var why = new Reason("liveness", "nodeBooted", node.Boot is null
            ? $"{node.Name} has joined with boot {boot}"
            : $"{node.Name} speaks from a new boot, {boot}: everything of boot {node.Boot} is gone");
        yield return new Proposal(new NodeBooted(node.Name, boot), why);
        if (node.Phase != NodePhase.Up)
        {
            yield return new Proposal(new NodeMoved(node.Name, NodePhase.Up, null, why, cluster.Wall), why) { Told = false };
        }
    }

    private static IEnumerable<Proposal> Judge(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now)
    {
        if (heard.Boot == node.Boot && node.Boot is not null && heard.WatchdogArmed != node.WatchdogArmed && heard.Warden.At is not null)
        {
            yield return new Proposal(
                new WatchdogSeen(node.Name, heard.WatchdogArmed),
                new Reason("liveness", heard.WatchdogArmed ? "watchdogArmed" : "watchdogLost",
                    heard.WatchdogArmed
                        ? $"{node.Name} feeds an independent watchdog: its lease's end proves"
                        : $"{node.Name} has no armed watchdog: its lease's end proves nothing"));
        }

        var silence = Silence.Of(heard, cluster.Office, now);
        var terms = cluster.Policy.Liveness;
        switch (node.Phase)
        {
            case NodePhase.Unseen:
                yield break;
            case NodePhase.Dead:
                if (heard.Boot == node.Boot && heard.Last is not null)
                {
                    foreach (var proposal in Ghost(cluster, node, node.Boot!.Value))
                    {
                        yield return proposal;
                    }
                }

                yield break;
            case NodePhase.DownByOrder when silence < terms.SuspectAfter && heard.DepartureReboots is null:
            case NodePhase.Lost when silence < terms.SuspectAfter && heard.Last is not null:
                yield return Back(cluster, node, silence);
                yield break;
            case NodePhase.Up when heard.DepartureReboots is { } reboots:
                var order = new Reason("liveness", "downByOrder",
                    $"{node.Name} announced a {(reboots ? "reboot" : "shutdown")}: its silence gives no verdict");
                yield return new Proposal(new NodeMoved(node.Name, NodePhase.DownByOrder, null, order, cluster.Wall), order);
                yield break;
        }

        if (silence < terms.SuspectAfter || node.Phase == NodePhase.DownByOrder)
        {
            yield break;
        }

        if (AskPower(cluster, node, heard, now) is { } ask)
        {
            yield return ask;
        }

        foreach (var proposal in Conclude(cluster, node, heard, silence, now))
        {
            yield return proposal;
        }
    }

    private static IEnumerable<Proposal> Conclude(
        Cluster cluster, NodeRecord node, NodeHeard heard, TimeSpan silence, Instant now)
    {
        var (verdict, why) = VerdictOf(cluster, node, heard, silence, now);
        var positive = BootProof.FromPower(node, heard) is not null;
        if (!positive && silence < cluster.Policy.Liveness.LostAfter)
        {
            yield break;
        }

        if (node.Phase == NodePhase.Up)
        {
            var judged = positive ? (NodeName?)null : node.Name;
            yield return IncidentFile.ForNode(cluster, node, heard, why, now) with { Judges = judged };
            yield return new Proposal(new NodeMoved(node.Name, NodePhase.Lost, verdict, why, cluster.Wall), why) { Judges = judged };
        }
        else if (node.Verdict != verdict)
        {
            yield return new Proposal(new NodeMoved(node.Name, NodePhase.Lost, verdict, why, cluster.Wall), why)
            {
                Judges = positive ? null : node.Name,
            };
        }
    }

    private static (NodeVerdict Verdict, Reason Why) VerdictOf(
        Cluster cluster, NodeRecord node, NodeHeard heard, TimeSpan silence, Instant now)
    {
        var evidence = EvidenceFile.About(cluster, node, heard, silence, now);
        Reason Because(string code, string message) =>
            new("liveness", code, $"{node.Name} silent for {silence.TotalSeconds:0.0} s: {message}") { Evidence = evidence };

        if (BootProof.FromPower(node, heard) is not null)
        {
            return (NodeVerdict.Failed, Because("failed", "its BMC says Off"));
        }

        return DatastoreEvidence.Of(cluster, node, now) switch
        {
            DatastoreWord.Fresh => (NodeVerdict.Isolated,
                Because("isolated", "its datastore heartbeat goes on, so it lives and is cut off")),
            DatastoreWord.Stale => (NodeVerdict.Failed,
                Because("failed", "its datastore heartbeat stands still too")),
            DatastoreWord.Silent => (NodeVerdict.Unknown,
                Because("unknown", "no other node can say whether its datastore heartbeat goes on")),
        };
    }

    private static Proposal? AskPower(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now)
    {
        if (node.Boot is not { } boot || cluster.Ledger.NodeSpecOf(node.Name)?.Bmc is not { } bmc)
        {
            return null;
        }

        var waiting = heard.PowerAskedAt is { } asked && now - asked < ReadTimeout;
        var rested = heard.Power is not [.., var newest] || newest.State == PowerState.Off || now - newest.AskedAt >= ReadAgain;
        return waiting || !rested
            ? null
            : new Proposal(null, new Reason("liveness", "readPower", $"{node.Name} is suspect: its BMC is asked"))
            {
                Commands = [new ReadPower(node.Name, bmc, boot)],
                Told = false,
            };
    }

    private static Proposal Back(Cluster cluster, NodeRecord node, TimeSpan silence)
    {
        var why = new Reason("liveness", "nodeBack",
            $"{node.Name} is heard again, boot {node.Boot} unchanged, {silence.TotalSeconds:0.0} s ago");
        return new Proposal(new NodeMoved(node.Name, NodePhase.Up, null, why, cluster.Wall), why);
    }

    /// <summary>A boot that was proven dead has spoken. Its answer carries only floors; people are told once.</summary>
    private static IEnumerable<Proposal> Ghost(Cluster cluster, NodeRecord node, BootId ghost)
    {
        var open = cluster.Ledger.Incidents.Values.Any(i =>
            i.Open && i.Kind == IncidentKind.DeadNodeSpoke && i.Subject == node.Name.Value);
        if (!open)
        {
            var why = new Reason("liveness", "deadNodeSpoke",
                $"boot {ghost} of {node.Name} was proven dead and has spoken: its BMC or operator was wrong. Every generation it held is ended; check the BMC before this node is trusted again");
            var draft = IncidentFile.Draft(cluster, IncidentKind.DeadNodeSpoke, node.Name.Value, why);
            yield return new Proposal(new IncidentOpened(draft, null, []), why);
        }
    }
}
