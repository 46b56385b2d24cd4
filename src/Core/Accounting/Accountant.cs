using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Accounting;

/// <summary>
/// Keeps the accounts, at the end of a round: how instances stand, and what incidents that are over took. Looks only
/// at what has changed since it looked last. Decides nothing, and nothing is decided on what it writes.
/// </summary>
public static class Accountant
{
    /// <summary>
    /// Between two marks that somebody looked: so much may be told as unseen too much after a restart.
    /// </summary>
    private static readonly TimeSpan MarkEvery = TimeSpan.FromMinutes(1);

    private static readonly Reason Why = new("accounts", "kept", "the accounts are kept");

    public static void Keep(DecisionDraft draft, Instant now)
    {
        var cluster = draft.Cluster;
        var watch = cluster.Ledger.Accounts.Watch;
        if (watch is null || watch.Epoch != cluster.Office.Epoch
            || (cluster.Wall - watch.LookedAt).Duration() >= MarkEvery)
        {
            Write(draft, new AccountsLooked(cluster.Wall, cluster.Office.Epoch), now);
        }

        var failing = new Lazy<Dictionary<InstanceName, Incident>>(() => Failing(cluster.Ledger));
        foreach (var name in Changed(cluster))
        {
            Stand(draft, name, failing, now);
        }

        if (cluster.Counted is null || !ReferenceEquals(cluster.Counted.Incidents, cluster.Ledger.Incidents))
        {
            foreach (var incident in cluster.Ledger.Incidents.Values.Where(i => i is { Open: false, Layer: null }))
            {
                Count(draft, incident, now);
            }
        }

        draft.Hear(draft.Cluster with { Counted = Counted.On(draft.Cluster) });
    }

    private static void Stand(
        DecisionDraft draft, InstanceName name, Lazy<Dictionary<InstanceName, Incident>> failing, Instant now)
    {
        var (cluster, accounts) = (draft.Cluster, draft.Cluster.Ledger.Accounts);
        var before = accounts.Instances.GetValueOrDefault(name);
        if (!cluster.Ledger.Instances.TryGetValue(name, out var instance))
        {
            if (before is not null)
            {
                Write(draft, new AccountClosed(name, cluster.Wall), now);
            }

            return;
        }

        var incident = failing.Value.GetValueOrDefault(name);
        var (standing, since) = StandingRule.Of(cluster, instance, before, incident, now);
        if (before is null)
        {
            Write(draft, new AccountTurned(new InstanceAccount
            {
                Name = name, Owner = instance.Owner, Since = cluster.Wall, Standing = standing, At = cluster.Wall,
                Incident = incident?.Id,
            }), now);
        }
        else if (standing != before.Standing)
        {
            Write(draft, new AccountTurned(before.Turn(
                standing, since, accounts.Gaps,
                incident is null ? null : LayerTable.Of(cluster.Ledger, incident), incident?.Id)), now);
        }
    }

    /// <summary>
    /// An incident is over. What a host repaired before anybody here saw it, or while nobody looked, is entered with
    /// the times that the host told.
    /// </summary>
    private static void Count(DecisionDraft draft, Incident incident, Instant now)
    {
        var layer = LayerTable.Of(draft.Cluster.Ledger, incident);
        foreach (var (name, way) in incident.Instances.Where(_ => Interrupts(incident)))
        {
            var accounts = draft.Cluster.Ledger.Accounts;
            if (way.ReadyAt is { } ready && accounts.Instances.GetValueOrDefault(name) is { } account
                && account.Incident != incident.Id && account.Standing is Standing.Up && ready > account.At
                && ready <= draft.Cluster.Wall)
            {
                Write(draft, new AccountTurned(account
                    .Turn(Standing.Failed, IncidentPhases.FailedAt(incident, way), accounts.Gaps, layer, incident.Id)
                    .Turn(Standing.Up, ready, accounts.Gaps)), now);
            }
        }

        Write(draft, new IncidentCounted(incident.Id, layer), now);
    }

    /// <summary>What leaves a node that will fail has not failed: its restart is planned.</summary>
    private static bool Interrupts(Incident incident) => incident.Kind != IncidentKind.NodeWillFail;

    private static Dictionary<InstanceName, Incident> Failing(Ledger ledger)
    {
        var failing = new Dictionary<InstanceName, Incident>();
        foreach (var incident in ledger.Incidents.Values
            .Where(i => i.Open && Interrupts(i)).OrderBy(IncidentPhases.FailedAt))
        {
            foreach (var (name, way) in incident.Instances.Where(item => !item.Value.Done))
            {
                failing.TryAdd(name, incident);
            }
        }

        return failing;
    }

    /// <summary>In the order of names; of a new leader all there are, and all that have an account.</summary>
    private static IEnumerable<InstanceName> Changed(Cluster cluster)
    {
        if (cluster.Counted is not { } counted)
        {
            return cluster.Ledger.Instances.Values.Select(instance => instance.Name)
                .Union(cluster.Ledger.Accounts.Instances.Keys).Order().ToList();
        }

        var changed = cluster.Ledger.Instances.ChangedSince(counted.Instances).ToHashSet();
        foreach (var node in cluster.Heard.ChangedSince(counted.Heard)
            .Where(node =>
                !ReferenceEquals(cluster.HeardOf(node).Report, counted.Heard.GetValueOrDefault(node)?.Report))
            .Concat(cluster.Ledger.Nodes.ChangedSince(counted.Nodes)))
        {
            changed.UnionWith(cluster.Ledger.Instances.Touching(node).Select(instance => instance.Name));
        }

        if (!ReferenceEquals(cluster.Ledger.Incidents, counted.Incidents))
        {
            changed.UnionWith(cluster.Ledger.Incidents.Values
                .Where(i => i.ClosedAt is null || i.Layer is null)
                .Where(i => !ReferenceEquals(counted.Incidents.GetValueOrDefault(i.Id), i))
                .SelectMany(i => i.Instances.Keys));
        }

        return changed.Order().ToList();
    }

    private static void Write(DecisionDraft draft, Change change, Instant now) =>
        draft.Add(new Proposal(change, Why) { Told = false }, now);
}

/// <summary>On what the accounts were kept last. Not stored: a new leader looks at all once.</summary>
public sealed record Counted(
    ImmutableSortedDictionary<string, Incident> Incidents, InstanceTable Instances,
    SortedTable<NodeName, NodeHeard> Heard, SortedTable<NodeName, NodeRecord> Nodes)
{
    public static Counted On(Cluster cluster) => new(
        cluster.Ledger.Incidents, cluster.Ledger.Instances, cluster.Heard, cluster.Ledger.Nodes);
}
