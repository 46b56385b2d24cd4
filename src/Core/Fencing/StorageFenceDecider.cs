using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Disarming;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Fencing;

/// <summary>
/// The rung below power (SAFETY 5.3): where no power could be proven off in its time, storage is told to refuse the
/// lost boot, and is read until it does. What has all its disks there is then free to start elsewhere; the node itself
/// stays lost. Storage is given back to another boot alone: the page cache of the one that was cut off may hold writes
/// of machines that run elsewhere by now.
/// </summary>
public static class StorageFenceDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        DatastoreEvidence? evidence = null;
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            if (node.Cut is null && (node.Phase != NodePhase.Lost || MethodsOf(cluster, node).IsEmpty))
            {
                continue;
            }

            var heard = cluster.HeardOf(node.Name);
            foreach (var proposal in node.Cut is { } cut
                ? Standing(cluster, node, heard, cut, evidence ??= new DatastoreEvidence(cluster, now), now)
                : Order(cluster, node, heard, now))
            {
                yield return proposal;
            }
        }
    }

    /// <summary>
    /// Whether an order may still be sent: the runner asks once more, with the newest picture, just before it does.
    /// </summary>
    public static bool Stands(Cluster cluster, CutStorage command, Instant now) =>
        cluster.Ledger.Nodes.GetValueOrDefault(command.Node) is { Cut: { } cut } node && cut.Id == command.Cut
        && cut.State switch
        {
            StorageCutState.Ordered => node.Phase == NodePhase.Lost && node.Boot == cut.Boot
                && FencingDecider.MayStillFence(cluster, node, now),
            StorageCutState.Refusing => MayAct(cluster, now),
            StorageCutState.GivingBack => false,
        };

    /// <summary>As above: what was learnt meanwhile holds it back.</summary>
    public static bool Stands(Cluster cluster, GiveStorage command, Instant now) => MayAct(cluster, now)
        && cluster.Ledger.Nodes.GetValueOrDefault(command.Node)?.Cut is { State: StorageCutState.GivingBack } cut
        && cut.Id == command.Cut;

    internal static ImmutableArray<FenceMethod> MethodsOf(Cluster cluster, NodeRecord node) =>
        cluster.Ledger.NodeSpecOf(node.Name)?.Cuts ?? [];

    private static bool MayAct(Cluster cluster, Instant now) => cluster.Office.Overruled is null
        && cluster.Office.Leads(now) && DisarmRule.InForce(cluster.Ledger) is null;

    private static IEnumerable<Proposal> Order(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now)
    {
        if (node.Boot is not { } boot || !PowerHadItsTime(cluster, node)
            || !FencingDecider.MayFence(cluster, node, heard, now))
        {
            yield break;
        }

        // A storage that has never said On for this boot may not know the node at all, and its Off would say nothing;
        // and what is taken by one way is not refused while another is open.
        var all = MethodsOf(cluster, node);
        var known = all.Where(IsKnown).ToList();
        ImmutableArray<string> datastores =
        [
            .. known.SelectMany(m => m.Datastores).Distinct().Order(StringComparer.Ordinal)
                .Where(d => all.All(m => !m.Datastores.Contains(d) || known.Contains(m))),
        ];
        var freed = cluster.Ledger.Instances.Touching(node.Name).Count(i => i.Seat is { Adopted: false } seat
            && seat.Node == node.Name && i.Datastores is { IsEmpty: false } disks && disks.All(datastores.Contains));
        if (freed == 0)
        {
            yield break;
        }

        var why = new Reason("fencing", "cutOrdered",
            $"{node.Name} is {node.Verdict?.ToString().ToLowerInvariant()} and no power was proven off: "
                + $"{string.Join(", ", datastores)} is to refuse boot {boot}, which frees "
                + Count.Of(freed, "instance"))
        {
            Evidence = node.Why.Evidence,
        };
        yield return new Proposal(
            new CutOrdered(node.Name, new StorageCut(0, boot, why, cluster.Wall)
            {
                Datastores = datastores,
                Methods = [.. known.Where(m => m.Datastores.Any(d => datastores.Contains(d)))],
            }), why, Impact.PowerOff)
        {
            Judges = node.Name,
        };

        bool IsKnown(FenceMethod method) => heard.CutBy(method) is var said
            && said.Power is [.., { State: not PowerState.Off }]
            && said.Power.Any(seen => seen.State == PowerState.On && seen.Boot == boot)
            && EarlierOrdersAreOver(cluster, said, method, now);
    }

    private static IEnumerable<Proposal> Standing(
        Cluster cluster, NodeRecord node, NodeHeard heard, StorageCut cut, DatastoreEvidence evidence, Instant now)
    {
        foreach (var method in cut.Methods.Where(m => heard.CutBy(m).Took == cut.Id && !cut.Taken.Contains(m)))
        {
            var taken = new Reason("fencing", "cutTaken", $"{method.Place} has taken the order for boot {cut.Boot}");
            yield return new Proposal(new CutTaken(node.Name, cut.Id, method), taken) { Told = false };
        }

        foreach (var method in cut.Methods.Where(m => !cut.Doubted.Contains(m) && Contradicts(m)))
        {
            var doubted = new Reason("fencing", "cutDoubted",
                $"{method.Place} says Off, and boot {cut.Boot} of {node.Name} goes on writing there: it may have cut "
                    + "off another machine, and proves nothing of this one any more; see what it was told to cut off");
            yield return new Proposal(new CutDoubted(node.Name, cut.Id, method), doubted);
        }

        var next = cut.State == StorageCutState.GivingBack ? GiveBack(cluster, node, heard, cut, now)
            : BackFor(node, cut) is { } back ? [new Proposal(new CutGivenBack(node.Name, cut.Id, back), back)]
            : CutProof.FromStorage(cluster, node, heard, evidence) is { } proof ? Proven(cluster, node, proof)
            : Send(cluster, node, heard, cut, now);
        foreach (var proposal in next)
        {
            yield return proposal;
        }

        if (StorageQuestion.For(cluster, node, heard, now) is { } question)
        {
            yield return question;
        }

        // Before the write and after it: what writes once it is let in again contradicts nobody.
        bool Contradicts(FenceMethod method) => cut.GivesBack is null && node.Boot == cut.Boot
            && heard.CutBy(method) is { OffSince: { } since, Power: [.., { State: PowerState.Off } newest] }
            && method.Datastores.Any(d => evidence.WroteBetween(node, heard, since, newest.AskedAt, d));
    }

    /// <summary>
    /// Another boot is on record, or the same is heard before anything was concluded. That it is dead is not enough:
    /// who says so may err, and its heartbeat cannot show that any more.
    /// </summary>
    private static Reason? BackFor(NodeRecord node, StorageCut cut) =>
        node.Boot != cut.Boot ? new Reason("fencing", "cutGivenBack",
            $"boot {cut.Boot} of {node.Name} is over: its storage is given back to the next")
        : node.Phase == NodePhase.Up && cut.Refusing.IsEmpty ? new Reason("fencing", "cutGivenBack",
            $"{node.Name} is heard again and nothing was concluded meanwhile: its storage is given back")
        : null;

    private static IEnumerable<Proposal> Proven(Cluster cluster, NodeRecord node, CutProof proof)
    {
        yield return new Proposal(new CutProven(node.Name, proof), proof.Reason);
        if (node.Incident is { } incident)
        {
            yield return new Proposal(new IncidentProven(incident, proof.Reason, cluster.Wall), proof.Reason)
            {
                Told = false,
            };
        }
    }

    /// <summary>
    /// Told again until it says Off. What was concluded from its refusal rests on that from then on, so that who takes
    /// the node's writes again is told at once, whatever the node does.
    /// </summary>
    private static IEnumerable<Proposal> Send(
        Cluster cluster, NodeRecord node, NodeHeard heard, StorageCut cut, Instant now)
    {
        var upholds = cut.State == StorageCutState.Refusing;
        ImmutableArray<Command> orders =
        [
            .. from method in cut.Methods
               let said = heard.CutBy(method)
               where said.Power is [.., var newest] && newest.State != PowerState.Off
                   && (!upholds || newest.State == PowerState.On) && !said.IsBusy(now)
                   && !(said.OffSentAt is { } sent && now - sent < method.Timeout)
               select new CutStorage(node.Name, method, cut.Id),
        ];
        if (orders.IsEmpty)
        {
            yield break;
        }

        if (upholds)
        {
            var broken = new Reason("fencing", "cutBroken",
                $"storage takes the writes of {node.Name} again, and what runs elsewhere by now has its disks there: "
                    + $"it is told once more to refuse boot {cut.Boot}; find out who let it in");
            yield return new Proposal(
                cut.Broken is null ? new CutBroken(node.Name, cut.Id, broken) : null, broken, Impact.PowerOff)
            {
                Commands = orders,
            };
        }
        else if (node.Phase == NodePhase.Lost && node.Boot == cut.Boot
            && FencingDecider.MayFence(cluster, node, heard, now))
        {
            yield return new Proposal(null, cut.Why, Impact.PowerOff)
            {
                Commands = orders, Told = false, Judges = node.Name,
            };
        }
    }

    /// <summary>
    /// By what the node's object names now, until all of that says On: a way whose credentials were mended is told in
    /// place of the old one, and one that is named no more is left to whoever took it away.
    /// </summary>
    private static IEnumerable<Proposal> GiveBack(
        Cluster cluster, NodeRecord node, NodeHeard heard, StorageCut cut, Instant now)
    {
        var left = MethodsOf(cluster, node).Where(m => m.Datastores.Any(cut.IsAbout) && !IsBack(m)).ToList();
        if (left.Count == 0)
        {
            var why = new Reason("fencing", "cutEnded", $"storage takes the writes of {node.Name} again");
            yield return new Proposal(new CutEnded(node.Name, cut.Id), why);
            yield break;
        }

        ImmutableArray<Command> orders =
        [
            .. from method in left
               let said = heard.CutBy(method)
               where said.Power is [.., { State: not PowerState.On }] && !said.IsBusy(now)
                   && !(said.OnSentAt is { } sent && now - sent < method.Timeout)
               select new GiveStorage(node.Name, method, cut.Id),
        ];
        if (!orders.IsEmpty)
        {
            yield return new Proposal(null, cut.GivesBack!) { Commands = orders, Told = false };
        }

        // Asked after the last order of ours; and an order to refuse it, ours or an earlier leader's, may yet arrive.
        bool IsBack(FenceMethod method) => heard.CutBy(method) is { Power: [.., { State: PowerState.On } newest] } said
            && !said.IsBusy(now) && !(newest.AskedAt <= said.OnSentAt)
            && newest.AskedAt - Instant.Max(said.OffSentAt ?? cluster.Office.Since, cluster.Office.Since)
                >= RungHeard.MostOf(method);
    }

    /// <summary>What we, or an earlier leader, told it last is carried out by now, or never will be.</summary>
    private static bool EarlierOrdersAreOver(Cluster cluster, RungHeard said, FenceMethod method, Instant now) =>
        now - cluster.Office.Since >= RungHeard.MostOf(method) && !said.IsBusy(now)
        && !(said.OnSentAt is { } sent && now - sent < RungHeard.MostOf(method));

    /// <summary>
    /// Its power was ordered off so long ago that every method has had its tries; or nothing switches it. An order that
    /// lies in the future was noted by a clock that was ahead.
    /// </summary>
    private static bool PowerHadItsTime(Cluster cluster, NodeRecord node)
    {
        var ladder = cluster.Ledger.NodeSpecOf(node.Name)?.Rungs ?? [];
        var tries = ladder.Aggregate(TimeSpan.Zero, (sum, method) => sum + method.Timeout * (1 + method.Retries));
        return ladder.IsEmpty || (node.Fence is { } order && order.Boot == node.Boot
            && (cluster.Wall - order.OrderedAt >= tries || order.OrderedAt > cluster.Wall));
    }
}
