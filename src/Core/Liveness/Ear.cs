using Havm.Core.Leaders;
using Havm.Core.Records;
using Havm.Core.Rotation;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>
/// Takes heard facts into the picture. No decision and nothing durable: a beat without news costs one look-up.
/// </summary>
public static class Ear
{
    /// <summary>
    /// A word this long after the question that was answered Off did not leave before the power went.
    /// </summary>
    private static readonly TimeSpan StillOnItsWay = TimeSpan.FromSeconds(2);

    public static Cluster Hear(Cluster cluster, Input input, Instant now) =>
        NewerState.In(cluster, input) is { } newer ? Overruled(cluster, newer) : Heard(cluster, input, now);

    private static Cluster Heard(Cluster cluster, Input input, Instant now) => input switch
    {
        WardenBeatHeard beat => Spoke(cluster, beat, now, h => Guarded(h, beat, now)),
        AgentBeatHeard beat => GuestEvidence.Hear(
            NetworkEvidence.Hear(Sighted(Spoke(cluster, beat, now, h => Reported(h, beat, now)), beat), beat, now),
            beat.Guests, now),
        DatagramHeard datagram => Datagram(cluster, datagram, now),
        StreamEnded ended => Update(cluster, ended.Node, h => Ended(h, ended.Connection, now)),
        LinkJudged judged => Update(
            cluster, judged.Node, h => h.Boot == judged.Boot ? h with { LinkAilments = judged.Ailments } : h),
        PowerRead read => Update(
            cluster, read.Node, h => h.WithRung(read.Rung, r => r.Read(read.Seen, h.Boot))),
        PowerOffAnswered answered => Update(cluster, answered.Node, h => Answered(h, answered.Rung) with
        {
            SwitchedOff = answered.MayAct ? new SwitchedOff(answered.Order, now, answered.Rung) : h.SwitchedOff,
        }),
        PowerOnAnswered answered => Update(cluster, answered.Node, h => Answered(h, answered.Rung) with
        {
            PowerOnTrouble = answered.Trouble.Length > 0 ? answered.Trouble : h.PowerOnTrouble,
        }),
        StorageRead read => Update(
            cluster, read.Node, h => h.WithCut(read.Method, said => said.Read(read.Seen, h.Boot))),
        StorageAnswered answered => Update(cluster, answered.Node, h => h.WithCut(
            answered.Method, said => said with
            {
                AskedAt = null, Trouble = answered.Trouble, Took = answered.Took ?? said.Took,
            })),
        BalancerSpoke spoke => GuestEvidence.Hear(
            Set(cluster, spoke.Balancer, cluster.BalancerHeardOf(spoke.Balancer).Spoke(spoke.Word, spoke.Asked)),
            spoke.Word, spoke.Asked),
        BalancerSilent silent => Set(
            cluster, silent.Balancer, cluster.BalancerHeardOf(silent.Balancer) with { Trouble = silent.Trouble }),
        OwnStall => cluster with { Office = cluster.Office with { ListeningSince = now } },
        _ => cluster,
    };

    private static Cluster Overruled(Cluster cluster, NewerState newer) => cluster with
    {
        Office = cluster.Office with
        {
            Overruled = cluster.Office.Overruled ?? new Reason("liveness", "overruled", newer.Message),
            HighestSeen = newer.Seen > cluster.Office.HighestSeen ? newer.Seen : cluster.Office.HighestSeen,
        },
    };

    /// <summary>
    /// Whether a decider could conclude anything from an input but that its sender still speaks. What is no news is
    /// heard and answered without a round.
    /// </summary>
    public static bool IsNews(Cluster cluster, Input input) => NewerState.In(cluster, input) is not null || input switch
    {
        WardenBeatHeard beat => IsNewsOf(cluster, beat)
            || cluster.HeardOf(beat.Node) is not { Warden.At: not null } heard
            || heard.WatchdogArmed != beat.WatchdogArmed
            || heard.AgentAnswers != beat.AgentAnswers
            || heard.DepartureReboots != beat.DepartureReboots
            || heard.LongLease != (beat.LongLease ?? LongLeaseSeen.Nothing)
            || heard.Address != beat.Address
            || !OldNews.IsSame(heard.Running, beat.Running),
        AgentBeatHeard beat => IsNewsOf(cluster, beat)
            || !beat.Sightings.IsEmpty
            || !beat.Guests.IsEmpty
            || cluster.HeardOf(beat.Node) is not { Agent.At: not null } heard
            || heard.ReportLife != beat.Life
            || heard.LookIsOld != OldNews.IsOld(beat.LookAge)
            || (beat.Report is { } report && report.Version != heard.Report?.Version),
        DatagramHeard datagram => cluster.Ledger.Nodes.GetValueOrDefault(datagram.Node) is not { } node
            || node.Phase != NodePhase.Up || node.Boot != datagram.Boot,
        BalancerSpoke spoke => !cluster.BalancerHeardOf(spoke.Balancer).SaysTheSame(spoke.Word),
        BalancerSilent silent => cluster.BalancerHeardOf(silent.Balancer).Trouble != silent.Trouble,
        _ => true,
    };

    /// <summary>Anything but the next word of a boot on record that is up and was heard on this very stream.</summary>
    private static bool IsNewsOf(Cluster cluster, Beat beat)
    {
        var heard = cluster.HeardOf(beat.Node);
        var voice = beat is WardenBeatHeard ? heard.Warden : heard.Agent;
        return cluster.Ledger.Nodes.GetValueOrDefault(beat.Node) is not { Phase: NodePhase.Up } node
            || node.Boot != beat.Boot || heard.Boot != beat.Boot
            || voice.Life != beat.Life || voice.Connection != beat.Connection || voice.BrokenAt is not null;
    }

    /// <summary>A command is on its way: its answer is waited for, not asked for again.</summary>
    public static Cluster Commanded(Cluster cluster, Command command, Instant now) => command switch
    {
        ReadPower read => Update(cluster, read.Node, h => Asked(h, read, now)),
        PowerOff off => Update(cluster, off.Node, h => Ordered(Asked(h, off, now), off.Rung, now)),
        ReadStorage read => Update(
            cluster, read.Node, h => h.WithCut(read.Method, said => said with { AskedAt = now })),
        CutStorage cut => Update(cluster, cut.Node, h => h.WithCut(
            cut.Method, said => said with { AskedAt = now, OffSentAt = now, OffsSent = said.OffsSent + 1 })),
        GiveStorage give => Update(cluster, give.Node, h => h.WithCut(
            give.Method, said => said with { AskedAt = now, OnSentAt = now })),
        ReadHeartbeat read => Update(cluster, read.About, h => h with { LookedAt = now }),
        AskGuests ask => Update(cluster, ask.About, h => h with { GuestsAskedAt = now }),
        AskNode ask => Update(cluster, ask.About, h => h with { AskedForAt = now }),
        PowerOn on => Update(cluster, on.Node, h => Asked(h, on, now) with
        {
            PowerOnSentAt = now, PowerOnTrouble = "",
        }),
        _ => cluster,
    };

    /// <summary>An answer that renews the lease is handed to the network now.</summary>
    public static Cluster Answered(Cluster cluster, NodeName node, Instant now) =>
        Update(cluster, node, h => h with { LeaseAnswered = now });

    private static Cluster Spoke(Cluster cluster, Beat beat, Instant now, Func<NodeHeard, NodeHeard> take)
    {
        if (!cluster.Ledger.Nodes.TryGetValue(beat.Node, out var node))
        {
            return cluster;
        }

        var heard = cluster.HeardOf(beat.Node);
        if (node.IsOver(beat.Boot))
        {
            // What an older stream still had in its buffer is yesterday's news, not a ghost.
            return node.Boot == beat.Boot || IsLater(heard, beat)
                ? Set(cluster, beat.Node, heard with { Ghost = beat.Boot })
                : cluster;
        }

        if (heard.Boot == beat.Boot || (heard.Boot is null && node.Boot == beat.Boot))
        {
            var known = heard.Boot is null ? heard with { Boot = beat.Boot } : heard;
            var taken = take(known);
            var uptime = (beat as WardenBeatHeard)?.Uptime ?? (beat as AgentBeatHeard)?.Uptime;
            return Set(cluster, beat.Node, Spoken(taken, uptime, cluster.Office, now));
        }

        return IsLater(heard, beat) && IsReplaceable(cluster, node, heard, now)
            ? Set(cluster, beat.Node, take(new NodeHeard
            {
                Boot = beat.Boot, SwitchedOff = heard.SwitchedOff, Cuts = heard.Cuts,
            }))
            : cluster;
    }

    /// <summary>Only a stream that was accepted later can tell of a later boot.</summary>
    private static bool IsLater(NodeHeard heard, Beat beat) =>
        beat.Connection > Math.Max(heard.Warden.Connection, heard.Agent.Connection);

    /// <summary>
    /// A machine that boots again was silent before. While the boot on record still speaks, another boot under the same
    /// name is another machine, and proves nothing about this one.
    /// </summary>
    private static bool IsReplaceable(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now) =>
        node.Boot is null || node.Phase == NodePhase.Dead
        || Silence.Of(heard, cluster.Office, now) >= cluster.Policy.Liveness.SuspectAfter;

    /// <summary>A boot that goes on speaking after its BMC said Off has shown that this BMC lies.</summary>
    /// <remarks>
    /// A first word right after Off may have been on its way; it says nothing yet, and excuses nothing.
    /// </remarks>
    /// <param name="heard">What is known of the node.</param>
    /// <param name="alive">When the boot surely lived.</param>
    /// <param name="since">What was said Off before counts as said then; null: as it was.</param>
    private static NodeHeard Awake(NodeHeard heard, Instant alive, Instant? since = null)
    {
        // Comes with every beat, and nearly always finds nothing.
        for (var place = 0; place < heard.Rungs.Length; place++)
        {
            if (heard.Rungs[place].SaidOffAt is { } off
                && alive - Instant.Max(off, since ?? off) >= StillOnItsWay)
            {
                heard = heard.WithRung(place, rung => rung.Refuted());
            }
        }

        return heard;
    }

    /// <summary>
    /// By a word, dated by the node's clock when it left. Where that is not told, or the clock not known yet, it may
    /// have waited for us while we stood still.
    /// </summary>
    private static NodeHeard Spoken(NodeHeard heard, TimeSpan? uptime, Office office, Instant now) =>
        uptime is { } left && heard.SurelyBy(left) is { } sent
            ? Awake(heard, sent)
            : Awake(heard, now, office.ListeningSince);

    /// <summary>
    /// A boot that wrote its datastore heartbeat well after its BMC said Off has shown the same, though we hear it no
    /// more.
    /// </summary>
    private static Cluster Sighted(Cluster cluster, AgentBeatHeard beat) =>
        beat.Sightings.Aggregate(cluster, (known, seen) =>
            known.Ledger.Nodes.ContainsKey(seen.Node)
                && known.HeardOf(seen.Node) is { Rungs.IsEmpty: false } heard && heard.Boot == seen.Boot
                && heard.SurelyBy(TimeSpan.FromMilliseconds(seen.Sequence)) is { } written
                    ? Set(known, seen.Node, Awake(heard, written))
                    : known);

    private static NodeHeard Asked(NodeHeard heard, PowerCommand command, Instant now) =>
        heard.WithRung(command.Rung, rung => Fresh(heard, rung, command.Method) with { AskedAt = now });

    /// <summary>
    /// Another method in the place of one says nothing that the other has said. Whether one of them has lied is not
    /// known of it, and taken for granted.
    /// </summary>
    private static RungHeard Fresh(NodeHeard heard, RungHeard rung, FenceMethod method) =>
        rung.Method is { } before && (before.Place, before.Uuid) != (method.Place, method.Uuid)
            ? new RungHeard { Method = method, Lied = heard.Rungs.Any(r => r.Lied) }
            : rung with { Method = method };

    /// <summary>Who has an order now is the last to have one: the others count anew at their turn.</summary>
    private static NodeHeard Ordered(NodeHeard heard, int to, Instant now) => heard with
    {
        Rungs =
        [
            .. heard.Rungs.Select((rung, i) => i == to
                ? rung with { OffSentAt = now, OffsSent = rung.OffsSent + 1 }
                : rung with { OffsSent = 0 }),
        ],
    };

    private static NodeHeard Answered(NodeHeard heard, int rung) =>
        heard.WithRung(rung, r => r with { AskedAt = null });

    /// <summary>Beats of an earlier life that come late count as life, and as nothing more.</summary>
    private static NodeHeard Guarded(NodeHeard heard, WardenBeatHeard beat, Instant now) =>
        beat.Connection < heard.Warden.Connection
            ? heard with { Warden = heard.Warden with { At = now } }
            : heard.WithRunning(beat.Running, now).WithClock(beat.Uptime, now) with
            {
                Warden = new Voice(now, beat.Life, beat.Connection, null),
                WatchdogArmed = beat.WatchdogArmed,
                AgentAnswers = beat.AgentAnswers,
                DepartureReboots = beat.DepartureReboots,
                LongLease = beat.LongLease ?? LongLeaseSeen.Nothing,
                Address = beat.Address,
                Reach = beat.Reach,
                LongLeaseEndedAt = beat.LongLease?.Ended == heard.LongLease.Ended ? heard.LongLeaseEndedAt : now,
            };

    private static NodeHeard Reported(NodeHeard heard, AgentBeatHeard beat, Instant now)
    {
        if (beat.Connection < heard.Agent.Connection)
        {
            return heard with { Agent = heard.Agent with { At = now } };
        }

        var next = heard with
        {
            Agent = new Voice(now, beat.Life, beat.Connection, null),
            LookIsOld = OldNews.IsOld(beat.LookAge),
        };
        if (!beat.Sightings.IsEmpty)
        {
            next = next with { Sightings = beat.Sightings, SightedAt = now };
        }

        if (beat.Report is { } report
            && (heard.ReportLife != beat.Life || heard.Report is null || report.Version >= heard.Report.Version))
        {
            next = next with
            {
                Report = report,
                ReportLife = beat.Life,
                ReportConfirmed = now,
                AutomationToldAt = report.Automation is null ? null
                    : report.Automation == heard.Report?.Automation ? heard.AutomationToldAt
                    : now,
            };
            return next.Noticed();
        }

        return heard.ReportLife == beat.Life ? next with { ReportConfirmed = now } : next;
    }

    private static Cluster Datagram(Cluster cluster, DatagramHeard datagram, Instant now)
    {
        if (!cluster.Ledger.Nodes.TryGetValue(datagram.Node, out var node) || node.Boot != datagram.Boot)
        {
            return cluster;
        }

        return Update(cluster, datagram.Node, h => node.IsOver(datagram.Boot) ? h with { Ghost = datagram.Boot }
            : h.Boot == datagram.Boot || h.Boot is null
                ? Spoken(h with { Boot = datagram.Boot, Datagram = now }, datagram.Uptime, cluster.Office, now)
                : h);
    }

    private static NodeHeard Ended(NodeHeard heard, long connection, Instant now) => heard with
    {
        Warden = heard.Warden.Connection == connection ? heard.Warden with { BrokenAt = now } : heard.Warden,
        Agent = heard.Agent.Connection == connection ? heard.Agent with { BrokenAt = now } : heard.Agent,
    };

    internal static Cluster Update(Cluster cluster, NodeName node, Func<NodeHeard, NodeHeard> change) =>
        cluster.Ledger.Nodes.ContainsKey(node) ? Set(cluster, node, change(cluster.HeardOf(node))) : cluster;

    private static Cluster Set(Cluster cluster, NodeName node, NodeHeard heard) =>
        cluster with { Heard = cluster.Heard.SetItem(node, heard) };

    private static Cluster Set(Cluster cluster, string balancer, BalancerHeard heard) =>
        cluster.Ledger.Find<LoadBalancerSpec>("LoadBalancer", balancer) is null
            ? cluster
            : cluster with { Balancers = cluster.Balancers.SetItem(balancer, heard) };
}
