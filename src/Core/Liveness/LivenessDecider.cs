using Havm.Core.Changes;
using Havm.Core.Fencing;
using Havm.Core.Incidents;
using Havm.Core.Maintenance;
using Havm.Core.NodeLife;
using Havm.Core.Records;
using Havm.Core.Recovery;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>
/// Up, suspect, lost: what the silence of a node means. At *suspect* evidence is gathered (its BMC is read); at *lost*
/// a verdict is reached, and revised as evidence comes. A verdict frees nothing: that takes a proof.
/// </summary>
public static class LivenessDecider
{
    /// <summary>
    /// How long the silence after an announced departure gives no verdict; after a shutdown whose instances wait for
    /// their node it never does.
    /// </summary>
    private static readonly TimeSpan GoingLimit = TimeSpan.FromMinutes(15);

    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        var terms = cluster.Policy.Liveness;
        var datastore = new DatastoreEvidence(cluster, now);
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            var heard = cluster.HeardOf(node.Name);
            var proposals = heard.Boot is { } boot && boot != node.Boot
                ? Booted(cluster, node, heard, boot)
                : Judge(cluster, node, heard, terms, datastore, now);
            foreach (var proposal in proposals)
            {
                yield return proposal;
            }

            if (heard.Ghost is { } ghost && Haunted(cluster, node, ghost) is { } alarm)
            {
                yield return alarm;
            }
        }
    }

    private static IEnumerable<Proposal> Booted(Cluster cluster, NodeRecord node, NodeHeard heard, BootId boot)
    {
        var why = new Reason("liveness", "nodeBooted", node.Boot is null
            ? $"{node.Name} has joined with boot {boot}"
            : $"{node.Name} speaks from a new boot, {boot}: everything of boot {node.Boot} is gone");
        var waiting = BootOrder.Waiting(cluster, node);
        foreach (var freed in BootOrder.Free(cluster, node, boot, waiting))
        {
            yield return freed;
        }

        yield return new Proposal(new NodeBooted(node.Name, boot), why);
        if (heard.Address is { } address && address != node.Address)
        {
            // In the same commit: one of its own would hold up the answers to this node's next beats.
            yield return Moved(node, address);
        }

        yield return new Proposal(new NodeMoved(node.Name, NodePhase.Up, null, why, cluster.Wall), why)
        {
            Told = false,
        };
        if (node is { Phase: NodePhase.Up, Incident: null, Boot: not null }
            && IncidentFile.ForReboot(cluster, node, waiting, why) is { } rebooted)
        {
            yield return rebooted;
        }

        foreach (var taken in IncidentFile.TakenOver(cluster, node.Name, why))
        {
            yield return taken;
        }

        if (node is { Phase: NodePhase.Up, Boot: not null } && DepartureNote.For(
            cluster, node, DepartureKind.Rebooted, why) is { } gone)
        {
            yield return gone;
        }
    }

    private static IEnumerable<Proposal> Judge(
        Cluster cluster, NodeRecord node, NodeHeard heard, LivenessPolicy terms, DatastoreEvidence datastore,
        Instant now)
    {
        if (node.Phase is NodePhase.Unseen or NodePhase.Dead)
        {
            return [];
        }

        if (heard.Warden.At is not null && heard.WatchdogArmed != node.WatchdogArmed)
        {
            return [Watchdog(node, heard.WatchdogArmed), .. Speaking(cluster, node, heard, terms, now)];
        }

        if (heard.Address is { } address && address != node.Address)
        {
            return [Moved(node, address), .. Speaking(cluster, node, heard, terms, now)];
        }

        if (heard.SpokeWithin(terms.SuspectAfter, now))
        {
            var speaking = Speaking(cluster, node, heard, terms, now);
            return PowerQuestion.Look(cluster, node, heard, now) is { } look ? [.. speaking, .. look] : speaking;
        }

        var silence = Silence.Of(heard, cluster.Office, now);
        var held = node.IsSafeToPowerOff
            || (node.Departure is { } departure
                && (silence < GoingLimit || !DepartureRule.MustEnd(cluster, departure)));
        var suspect = node.Phase == NodePhase.Lost || silence >= terms.SuspectAfter;
        if (suspect && DepartureRule.WentUnawaited(node, heard) is { } went)
        {
            return [DepartureRule.LetGo(cluster, node, went)];
        }

        if (held)
        {
            // Evidence for people alone: the operator's word is checked against it.
            var asked = Asked(cluster, node, heard, silence, datastore, now);
            var rests = node.Phase == NodePhase.Up && silence >= terms.LostAfter;
            return rests ? asked.Append(Rests(cluster, node)) : asked;
        }

        return suspect ? Silent(cluster, node, heard, silence, datastore, now) : [];
    }

    /// <summary>
    /// Heard within suspectAfter: what was lost is back, what departs says so. Only the warden knows of a departure:
    /// a new leader that has heard the agent alone cannot tell whether it was called off.
    /// </summary>
    private static IEnumerable<Proposal> Speaking(
        Cluster cluster, NodeRecord node, NodeHeard heard, LivenessPolicy terms, Instant now)
    {
        if (!heard.SpokeWithin(terms.SuspectAfter, now))
        {
            yield break;
        }

        var goes = false;
        if (heard.DepartureReboots is { } reboots)
        {
            var notice = new DepartureNotice(reboots);
            foreach (var proposal in node.Departure == notice ? [] : DepartureRule.Announced(cluster, node, notice))
            {
                goes |= proposal.Change is NodeDeparting;
                yield return proposal;
            }

            goes |= node.Phase != NodePhase.Lost;
        }

        // One that was lost is back also where it waits to go until nothing is left on it.
        if (!goes && node.Phase != NodePhase.Up && (node.Departure is null || heard.Warden.At is not null))
        {
            var why = new Reason("liveness", "nodeBack", $"{node.Name} is heard again, boot {node.Boot} unchanged");
            yield return new Proposal(new NodeMoved(node.Name, NodePhase.Up, null, why, cluster.Wall), why);
        }
    }

    /// <summary>In maintenance, empty, and silent: people work on it.</summary>
    private static Proposal Rests(Cluster cluster, NodeRecord node)
    {
        var why = new Reason("liveness", "rests",
            $"{node.Name} is in maintenance and holds nothing: its silence gives no verdict");
        return new Proposal(new NodeMoved(node.Name, NodePhase.DownByOrder, null, why, cluster.Wall), why);
    }

    private static IEnumerable<Proposal> Silent(
        Cluster cluster, NodeRecord node, NodeHeard heard, TimeSpan silence, DatastoreEvidence datastore, Instant now)
    {
        foreach (var question in Asked(cluster, node, heard, silence, datastore, now))
        {
            yield return question;
        }

        var off = BootProof.FromPower(cluster, node, heard, datastore, now) is not null;
        if (!off && silence < cluster.Policy.Liveness.LostAfter)
        {
            yield break;
        }

        var word = datastore.Of(node);
        var verdict = off ? NodeVerdict.Failed : Meaning(word);
        if (verdict == NodeVerdict.Isolated && NetworkEvidence.HasSome(cluster, node, heard, datastore, now))
        {
            verdict = NodeVerdict.Partitioned;
        }

        if (node.Phase == NodePhase.Lost && node.Verdict == verdict)
        {
            yield break;
        }

        var why = new Reason("liveness", verdict.ToString().ToLowerInvariant(),
            $"{node.Name} silent for {silence.TotalSeconds:0.0} s: "
                + (off ? "its BMC says Off" : Sentence(word, verdict)))
        {
            Evidence = EvidenceFile.About(cluster, node, heard, datastore, now),
        };
        var judged = off ? (NodeName?)null : node.Name;
        if (node.Phase != NodePhase.Lost)
        {
            yield return IncidentFile.ForNode(cluster, node, heard, verdict, why, now) with { Judges = judged };
        }

        yield return new Proposal(new NodeMoved(node.Name, NodePhase.Lost, verdict, why, cluster.Wall), why)
        {
            Judges = judged,

            // The incident that opens with it tells the same already; that it has some network or none now is no event.
            Told = node.Phase == NodePhase.Lost && !(node.Verdict.IsCutOff() && ((NodeVerdict?)verdict).IsCutOff()),
        };
        if (IncidentFile.Judged(cluster, node, verdict, why) is { } decided)
        {
            yield return decided with { Judges = judged, Follows = true };
        }

        if (node.Phase == NodePhase.Up && DepartureNote.For(cluster, node, DepartureKind.Lost, why) is { } gone)
        {
            yield return gone with { Judges = judged, Follows = true };
        }
    }

    private static IEnumerable<Proposal> Asked(
        Cluster cluster, NodeRecord node, NodeHeard heard, TimeSpan silence, DatastoreEvidence datastore, Instant now)
    {
        Proposal?[] questions =
        [
            PowerQuestion.For(cluster, node, heard, silence, now),
            HeartbeatQuestion.For(node, heard, silence, datastore.Readers, now),
            GuestQuestion.For(cluster, node, heard, datastore.Readers, now),
            NodeQuestion.For(node, heard, silence, datastore.Readers, now),
            node.Cut is null ? StorageQuestion.For(cluster, node, heard, now) : null,
        ];
        return questions.OfType<Proposal>();
    }

    private static NodeVerdict Meaning(DatastoreWord word) => word switch
    {
        DatastoreWord.Fresh => NodeVerdict.Isolated,
        DatastoreWord.Stale => NodeVerdict.Failed,
        DatastoreWord.Waiting or DatastoreWord.Silent => NodeVerdict.Unknown,
    };

    private static string Sentence(DatastoreWord word, NodeVerdict verdict) => word switch
    {
        DatastoreWord.Fresh when verdict == NodeVerdict.Partitioned =>
            "its datastore heartbeat goes on and it has some network, so it lives and is cut off from us",
        DatastoreWord.Fresh => "its datastore heartbeat goes on, so it lives and is cut off",
        DatastoreWord.Stale => "its datastore heartbeat stands still too",
        DatastoreWord.Waiting => "its datastore heartbeat has not moved since, and counts as still after 5 s",
        DatastoreWord.Silent => "too few other nodes can say whether its datastore heartbeat goes on",
    };

    private static Proposal Moved(NodeRecord node, string address) => new(
        new AddressSeen(node.Name, address),
        new Reason("liveness", "addressSeen", $"{node.Name} is heard from {address}"))
    {
        Told = false,
    };

    private static Proposal Watchdog(NodeRecord node, bool armed) => new(
        new WatchdogSeen(node.Name, armed),
        new Reason("liveness", armed ? "watchdogArmed" : "watchdogLost", armed
            ? $"{node.Name} feeds an independent watchdog: its lease's end proves"
            : $"{node.Name} has no armed watchdog: its lease's end proves nothing"));

    /// <summary>
    /// A boot that was proven dead has spoken. Its answer carries only floors; people are told once per boot.
    /// </summary>
    private static Proposal? Haunted(Cluster cluster, NodeRecord node, BootId ghost)
    {
        if (cluster.Ledger.Incidents.Values.Any(i => i.Ghost == ghost && i.Subject == node.Name.Value))
        {
            return null;
        }

        var why = new Reason("liveness", "deadNodeSpoke",
            $"boot {ghost} of {node.Name} was proven dead and has spoken: its BMC or operator was wrong. "
                + "Every generation it held is ended; check the BMC before this node is trusted again");
        var draft = IncidentFile.Draft(cluster, IncidentKind.DeadNodeSpoke, node.Name.Value, why) with
        {
            Ghost = ghost,
        };
        return new Proposal(new IncidentOpened(draft, null), why);
    }
}
