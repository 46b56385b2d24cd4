using System.Collections.Immutable;
using Havm.Cli.Output;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Cli.Tables;

internal static class StatusTables
{
    public static void Show(ClusterStatusView status, Page page)
    {
        page.Field("Cluster", new Cell(status.Cluster, Tone.Strong));
        page.Field("Leader", status.Leader.Name is { } name
            ? $"{name}, epoch {status.Leader.Epoch}, since {Times.Both(status.Leader.Since)}"
            : new Cell("none", Tone.Bad));
        page.Field("Version", status.Version);
        StoreView store = status.Store;
        page.Field("Store", store.Healthy
            ? $"{store.Kind}, {new Bytes(store.SizeBytes)}, last commit {Times.Both(store.LastCommit)}"
            : new Cell($"{store.Kind}: {store.Problem}", Tone.Bad));
        page.FieldIfAny("Recording", status.Recording is { } recording
            ? $"{new Bytes(recording.UsedBytes)} of {new Bytes(recording.LimitBytes)}" : null);
        page.Field("Nodes", Counts(status.Nodes));
        page.FieldIfAny("Cordoned", string.Join(", ", status.Cordoned), Tone.Warn);
        foreach (AilingView ailing in status.Ailing)
        {
            page.Field("Ailing", new Cell(
                $"{ailing.Node}: {ailing.Message} (since {Times.Ago(ailing.Since)})", Tone.Warn));
        }

        foreach (UnfitView unfit in status.Unfit)
        {
            page.Field("Not fit", new Cell(
                $"{unfit.Node}: {unfit.Fitness} {unfit.ReleasedBy}: {unfit.Message}", Tone.Warn));
        }

        page.Field("Instances", Counts(status.Instances));
        page.Field("Incidents", status.OpenIncidents == 0
            ? "none open"
            : new Cell($"{status.OpenIncidents} open", Tone.Warn));
        if (status.LongLease is { } lease)
        {
            LongLease(page, lease);
        }

        if (status.Disarm is { } disarm)
        {
            Disarm(page, disarm);
        }

        foreach (ObservingView rule in status.Observing)
        {
            page.Field("Observes", new Cell(
                $"{rule.Rule} only observes, since {Times.Both(rule.Since)}; "
                    + (rule.Would.IsDefaultOrEmpty
                        ? "it wants nothing now" : $"it would: {string.Join("; ", rule.Would)}"),
                Tone.Warn));
        }

        page.Field("Confirmed", Times.Both(status.Confirmed));
        Guards(page, status.Guards);
        Parts.Held(page, status.Held);
        if (!status.Risks.IsEmpty)
        {
            page.Heading("Risks");
            foreach (RiskView risk in status.Risks)
            {
                page.Text($"{risk.Object}: {risk.Message}", 2, Tone.Warn);
                page.Text($"remedy: {risk.Remedy}", 4);
            }
        }
    }

    private static void LongLease(Page page, LongLeaseView lease)
    {
        string nodes = string.Join(", ", lease.Missing.Select(n => n.Speaks ? n.Node : $"{n.Node} (silent)"));
        bool granted = lease.State == "granted";
        page.Field("Long lease", new Cell(
            granted
                ? $"{lease.Name}, ends {Utc(lease.Ends)}, held by {Count.Of(lease.Holding.Length, "node")}"
                    + (nodes.Length == 0 ? "" : $", not by {nodes}")
                : $"{lease.Name}, being ended"
                    + (nodes.Length == 0 ? "" : $"; not yet acknowledged by {nodes}"),
            Tone.Warn));
        page.Field("Lease proofs", new Cell($"none before {Utc(lease.NoProofUntil)}", Tone.Warn));
    }

    private static void Disarm(Page page, DisarmView disarm)
    {
        page.Field("Automation", new Cell(
            disarm.State switch
            {
                "inForce" => $"disarmed ({disarm.Mode}) by {disarm.By}, until {Utc(disarm.Until)} or `havm arm`",
                "lookingAround" => "coming on: nodes are searched for what was moved or started by hand",
                _ => "on again; no lease is a proof until every node has acknowledged that",
            },
            Tone.Warn));
        page.FieldIfAny(
            "Not acknowledged",
            string.Join(", ", disarm.Missing.Select(n => n.Speaks ? n.Node : $"{n.Node} (silent)")), Tone.Warn);
    }

    private static string Utc(DateTimeOffset at) => Times.Absolute(new Moment(at, 0));

    private static void Guards(Page page, ImmutableArray<GuardView> guards)
    {
        if (guards.IsEmpty)
        {
            return;
        }

        page.Heading("Guards");
        var table = new TextTable(
            new("GUARD"), new("STATE"), new("WHAT", Fold: true), new("RELEASED BY", 1, Fold: true));
        foreach (GuardView each in guards)
        {
            table.Add(
                each.Name, each.Holding ? new Cell("holds", Tone.Bad) : new Cell("open", Tone.Good), each.Message,
                each.ReleasedBy);
        }

        page.Table(table, "");
    }

    private static string Counts(ImmutableSortedDictionary<string, int> counts) => counts.Count == 0
        ? "none"
        : string.Join(", ", counts.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Value} {pair.Key}"));
}
