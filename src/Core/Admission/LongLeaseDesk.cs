using Havm.Core.Changes;
using Havm.Core.Leases;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>Orders about the long lease: granting one before a planned stop of the controller, and ending it.</summary>
public static class LongLeaseDesk
{
    /// <summary>The one error of a length that cannot be ordered; null when it can.</summary>
    public static SpecError? OutOfBounds(string cluster, TimeSpan length) =>
        length < LongLeaseRule.Least || length > LongLeaseRule.Most
            ? new SpecError(
                $"Cluster/{cluster}", "for", $"{Words(length)} is out of bounds",
                $"write {Words(LongLeaseRule.Least)} to {Words(LongLeaseRule.Most)}")
            : null;

    public static OrderOutcome Grant(DecisionDraft draft, LongLeaseOrder order, Instant now)
    {
        var cluster = draft.Cluster;
        var subject = $"Cluster/{cluster.Ledger.ClusterName}";
        if (OutOfBounds(cluster.Ledger.ClusterName, order.Length) is { } outOfBounds)
        {
            return OrderOutcome.Refused(outOfBounds);
        }

        if (TooShort(cluster, order, now) is { } tooShort)
        {
            return OrderOutcome.Refused(tooShort with { Object = subject });
        }

        var name = LongLeaseRule.Next(cluster, cluster.Office.Epoch);
        var why = new Reason("leases", "longLeaseGranted",
            $"{order.Actor} grants every node a long lease of {Words(order.Length)}: "
                + "until it has ended no lease is a proof of death");
        var lease = new LongLease
        {
            Name = name,
            Length = order.Length,
            State = LongLeaseState.Granted,
            Why = why,
            GrantedAt = cluster.Wall,
        };
        draft.Add(new Proposal(new LongLeaseGranted(lease), why), now);
        draft.Hear(draft.Cluster with { Office = draft.Cluster.Office with { LongLeaseGranted = now } });
        return new OrderOutcome
        {
            Objects = [new(subject, ObjectChange.Changed, $"long lease {name} of {Words(order.Length)} is granted")],
        };
    }

    public static OrderOutcome End(DecisionDraft draft, LongLeaseEndOrder order, Instant now)
    {
        var subject = $"Cluster/{draft.Cluster.Ledger.ClusterName}";
        if (draft.Cluster.Ledger.LongLease is not { State: LongLeaseState.Granted } lease)
        {
            return new OrderOutcome
            {
                Objects =
                [
                    new(subject, ObjectChange.Unchanged,
                        draft.Cluster.Ledger.LongLease is { State: LongLeaseState.Ending } ending
                            ? $"long lease {ending.Name} is being ended already"
                            : "no long lease stands"),
                ],
            };
        }

        var why = new Reason("leases", "longLeaseEnded", $"{order.Actor} ends long lease {lease.Name}");
        draft.Add(new Proposal(new LongLeaseEnded(lease.Name, why), why), now);
        return new OrderOutcome
        {
            Objects = [new(subject, ObjectChange.Changed, $"long lease {lease.Name} is being ended")],
        };
    }

    /// <summary>
    /// There is one record, so a new long lease must not end before the one it replaces may: a node that does not hear
    /// of the new one goes by the old.
    /// </summary>
    private static SpecError? TooShort(Cluster cluster, LongLeaseOrder order, Instant now)
    {
        if (cluster.Ledger.LongLease is not { State: not LongLeaseState.Over } before)
        {
            return null;
        }

        var end = LongLeaseRule.EndsAt(cluster);
        if (now + LeaseTerms.Default.OnOurClock(order.Length) >= end)
        {
            return null;
        }

        // Its whole length on a host's clock is what is left of the old one on ours, and no shorter.
        var least = TimeSpan.FromMinutes(Math.Ceiling((end - now).TotalMinutes));
        var waits = before.State == LongLeaseState.Ending
            ? $"`havm status` names the nodes that have not acknowledged the end of {before.Name}"
            : "or `havm controller release` first";
        return new SpecError("", "for",
            $"{Words(order.Length)} ends before long lease {before.Name}, which nodes may hold for another "
                + Words(end - now),
            least <= LongLeaseRule.Most ? $"write {Words(least)} or more; {waits}" : waits);
    }

    private static string Words(TimeSpan time) =>
        time.TotalMinutes < 2 ? $"{time.TotalSeconds:0} s"
        : time.TotalHours < 3 ? $"{time.TotalMinutes:0.#} min"
        : $"{time.TotalHours:0.#} h";
}
