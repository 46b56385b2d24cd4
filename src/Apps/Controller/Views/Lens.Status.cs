using System.Collections.Immutable;
using Havm.Core.Guards;
using Havm.Core.Host.Watch;
using Havm.Core.Leaders;
using Havm.Core.Lifecycle;
using Havm.Core.Liveness;
using Havm.Core.NodeLife;
using Havm.Core.Records;
using Havm.Model;
using Havm.Runtime.Control;
using Havm.Runtime.Recording;
using Havm.Store.Sqlite;
using Havm.Wire.Api;

namespace Havm.Controller.Views;

internal sealed partial record Lens
{
    public ClusterStatusView Status(ControllerRunner runner, SqliteStateStore store)
    {
        var office = Cluster.Office;
        return new ClusterStatusView
        {
            Cluster = Cluster.Ledger.ClusterName,
            Version = typeof(Lens).Assembly.GetName().Version?.ToString(3) ?? "",
            Leader = new LeaderView(office.Controller, office.Epoch.Value, Heard(office.Since)),
            Store = new StoreView(
                "sqlite", true, null, new FileInfo(Path.Combine(Config.StateDir, SqliteStateStore.FileName)).Length,
                runner.LastCommit == default ? null : Moment.Of(runner.LastCommit, Wall)),
            Recording = Recording(),
            Nodes = Counts(Cluster.Ledger.Nodes.Values.Select(n => PhaseOf(n, Cluster.HeardOf(n.Name)))),
            Cordoned =
            [
                .. Cluster.Ledger.Nodes.Values.Where(n => n.Cordoned).Select(n => n.Name.Value)
                    .Order(NaturalOrder.Instance),
            ],
            Ailing =
            [
                .. Cluster.Ledger.Nodes.Values.SelectMany(n => n.Ailments.Select(a => new AilingView(
                    n.Name.Value, Word.Of(a.Kind), a.Message, At(a.Since)))),
            ],
            Unfit = [.. Unfit()],
            Instances = Counts(
                Cluster.Ledger.Instances.Values.Select(i => Word.Of(InstanceMachine.PhaseOf(Cluster, i)))),
            LongLease = LongLease(),
            Disarm = Disarm(),
            Observing = [.. Cluster.Policy.Observe.Order().Select(rule => Observing(rule, runner))],
            Guards = [.. Core.Round.Guards.Select(g => Guard(g, runner))],
            Held =
            [
                .. runner.Held.Select(HeldNow),
                .. Cluster.Ledger.Instances.Restless
                    .Where(i => InstanceMachine.PhaseOf(Cluster, i) == InstancePhase.WaitingForDependency)
                    .Select(StartWaits).OfType<HeldView>(),
            ],
            Risks = [.. Risks()],
            OpenIncidents = Cluster.Ledger.Incidents.Values.Count(i => i.Open),
            AtEvent = Cluster.Ledger.Counters.Event,
            Confirmed = Moment.Of(Wall, TimeSpan.Zero),
        };
    }

    private BudgetView? Recording()
    {
        if (Config.Recording() is null)
        {
            return null;
        }

        var folder = new DirectoryInfo(Path.Join(Config.StateDir, RecordingSettings.FolderName));
        return new BudgetView(
            folder.Exists ? folder.EnumerateFiles().Sum(file => file.Exists ? file.Length : 0) : 0,
            Config.RecordingMiB * Bytes.Mebi);
    }

    private static GuardView Guard(IGuard guard, ControllerRunner runner)
    {
        var name = NameOf(guard);
        var holding = runner.Held.FirstOrDefault(h => h.Guard.Code == name);
        return new GuardView(name, holding is not null, holding?.Guard.Message ?? "holds nothing",
            holding is null ? null : guard.ReleasedBy);
    }

    private ObservingView Observing(AutomationRule rule, ControllerRunner runner) => new(
        Word.Of(rule),
        Cluster.Ledger.Observing.Since.TryGetValue(rule, out var since) ? At(since) : null,
        [.. runner.Held.Where(held => held.Proposal.Rule == rule && held.Guard.Code == ObserveGuard.Code)
            .Select(held => held.Proposal.Reason.Message)]);

    /// <summary>As its reasons are coded.</summary>
    private static string NameOf(IGuard guard) => Word.Of(guard.GetType().Name);

    private IEnumerable<UnfitView> Unfit() =>
        from node in Cluster.Ledger.Nodes.Values.OrderBy(n => n.Name.Value, NaturalOrder.Instance)
        let note = node.Fitness
        where note is not null
        select new UnfitView(
            node.Name.Value, Word.Of(note.Is), note.Why.Message, FitnessRule.Release(node, note));

    private IEnumerable<RiskView> Risks()
    {
        yield return new RiskView($"Cluster/{Cluster.Ledger.ClusterName}",
            "one controller: if its host dies VMs run on, lease-bound ones end with their lease, "
                + "and nothing heals until it is back",
            "keep a backup of its state and a second host to start it on");
        if (Cluster.Office.Overruled is { } overruled)
        {
            yield return new RiskView($"Cluster/{Cluster.Ledger.ClusterName}", overruled.Message,
                "`havm store adopt` once you are sure that no other controller runs");
        }

        if (AdoptionDecider.Waits(Cluster.Ledger) is { } waits)
        {
            yield return new RiskView($"Cluster/{Cluster.Ledger.ClusterName}", waits.Message,
                "bring those nodes back, or confirm them dead");
        }

        if (Cluster.Policy.Placement.Overcommit)
        {
            yield return new RiskView("Policy/default",
                "memory is given away beyond what nodes have: a node that runs out of it kills guests that were well",
                "apply it without placement.overcommit once everything fits");
        }

        foreach (var silent in SilentAddress.In(Cluster))
        {
            yield return new RiskView("Policy/default",
                $"isolation address {silent.Address} has not answered {silent.Nodes.Length} of {silent.Asking} nodes "
                    + $"for {ReachWatch.SilentAfter.TotalSeconds:0} s: " + string.Join(", ", silent.Nodes.Take(5))
                    + (silent.Nodes.Length > 5 ? ", ..." : ""),
                "look whether it is the right address, lets echo requests pass and wardens may send them, or take it "
                    + "from liveness.isolationAddresses: it tells nothing of a node that falls silent");
        }

        foreach (var (name, node) in Cluster.Ledger.All<NodeSpec>())
        {
            if (node.Watchdog == WatchdogKind.TrustWarden)
            {
                yield return new RiskView(
                    $"Node/{name}",
                    "lease expiry counts as proof with no independent watchdog behind it",
                    "fit a watchdog and write watchdog: independent");
            }
        }
    }

    private static ImmutableSortedDictionary<string, int> Counts(IEnumerable<string> words) =>
        words.GroupBy(w => w).ToImmutableSortedDictionary(g => g.Key, g => g.Count());
}
