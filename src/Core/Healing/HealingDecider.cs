using Havm.Core.Changes;
using Havm.Core.Incidents;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Healing;

/// <summary>
/// What hosts saw fail. Repairs in place are the host's, within the limits its goal carries, and are taken on record
/// here; what a host gives up is taken back from it, to be started elsewhere once it is proven gone.
/// </summary>
public static class HealingDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        var told = new Lazy<Dictionary<string, Incident>>(() => cluster.Ledger.Incidents.Values
            .Where(i => i.HostIncident is not null)
            .ToDictionary(i => i.HostIncident!));
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            var heard = cluster.HeardOf(node.Name);
            if (heard.Boot != node.Boot || heard.Report is not { } report)
            {
                continue;
            }

            foreach (var incident in report.Incidents.IsEmpty
                ? []
                : report.Incidents.GroupBy(i => i.Id).Select(same => same.Last()))
            {
                if (Record(cluster, node.Name, incident, told.Value) is { } proposal)
                {
                    yield return proposal;
                }
            }

            foreach (var forgotten in Forgotten(cluster, node.Name, report, told.Value.Values))
            {
                yield return forgotten;
            }

            foreach (var gaveUp in report.Instances.Any(i => i.Phase == MachinePhase.GaveUp)
                ? report.Instances.Where(i => i.Phase == MachinePhase.GaveUp).DistinctBy(i => i.Instance)
                : [])
            {
                if (IsSeated(cluster, node.Name, gaveUp) is { } instance)
                {
                    foreach (var proposal in TakeBack(cluster, instance, node.Name, gaveUp, told.Value.Values))
                    {
                        yield return proposal;
                    }
                }
            }
        }

        foreach (var instance in cluster.Ledger.Instances.Restless)
        {
            var report = InstanceMachine.ReportOf(cluster, instance);
            var keeps = !BackOff.IsForgiven(instance.Failures, report?.ReadyAt ?? report?.StartedAt, cluster.Wall);
            if ((instance.StartWait is not null || (keeps
                    ? instance is { Incident: not null } or { Failures.Tried.IsEmpty: false }
                        or { Failures.GivenUp: not null }
                    : instance.Failures.Count > 0))
                && InstanceMachine.IsWell(instance, report))
            {
                var well = new Reason("healing", "settled",
                    $"{instance.Name} runs well on {instance.Seat!.Node}, tried "
                        + Count.Of(instance.Failures.Count, "time") + " without success");
                yield return new Proposal(new InstanceSettled(instance.Name) { KeepsFailures = keeps }, well)
                {
                    Told = false,
                };
            }
        }
    }

    /// <summary>
    /// An agent that was restarted in the middle of a repair tells no more of it, and ends it; what is told of a seat
    /// that was taken back meanwhile, as by a move, is over at that node too.
    /// </summary>
    private static IEnumerable<Proposal> Forgotten(
        Cluster cluster, NodeName node, NodeReport report, IEnumerable<Incident> known)
    {
        if (!known.Any(i => i.Open
            && i.Instances.Values.Any(r => r is { Done: false, FreedAt: null } && r.From == node)))
        {
            return [];
        }

        var why = new Reason("healing", "takenOver", $"the agent of {node} repairs it no more");
        return IncidentFile.TakenOver(cluster, node, why, told: report.Incidents
            .Where(told => IsOfSeat(cluster, node, told)).Select(told => IncidentFile.KeyOf(node, told)).ToHashSet());
    }

    private static bool IsOfSeat(Cluster cluster, NodeName node, HostIncident told) =>
        cluster.Ledger.Instances.GetValueOrDefault(told.Instance)?.Seat is { } seat
        && seat.Node == node && seat.Generation == told.Generation;

    private static Proposal? Record(
        Cluster cluster, NodeName node, HostIncident told, Dictionary<string, Incident> known)
    {
        var key = IncidentFile.KeyOf(node, told);
        if (!known.TryGetValue(key, out var incident))
        {
            return cluster.Ledger.Instances.TryGetValue(told.Instance, out var instance)
                ? new Proposal(
                    new IncidentOpened(IncidentFile.FromHost(cluster.Ledger, node, told, instance), null),
                    told.Decision)
                : null;
        }

        var before = incident.Instances.GetValueOrDefault(told.Instance);
        if (!incident.Open || before is not { FreedAt: null })
        {
            return null;
        }

        if (incident.Decision.Message != told.Decision.Message)
        {
            return new Proposal(
                new IncidentDecided(incident.Id, IncidentFile.KindOf(told.Kind), told.Decision, told.DecidedAt),
                told.Decision);
        }

        var after = before with
        {
            StartedAt = told.StartedAt ?? before.StartedAt,
            ReadyAt = told.ReadyAt ?? before.ReadyAt,
            Kept = told.Kept ?? before.Kept,
            NotKept = told.NotKept ?? before.NotKept,
        };
        return after == before
            ? null
            : new Proposal(new RecoveryProgressed(incident.Id, told.Instance, after), told.Decision) { Told = false };
    }

    /// <summary>The instance, when it is this very seat that the report is about and it is wanted running.</summary>
    private static Instance? IsSeated(Cluster cluster, NodeName node, InstanceReport report) =>
        cluster.Ledger.Instances.TryGetValue(report.Instance, out var instance)
        && instance is { Seat: { } seat, Wanted: WantedState.Running }
        && seat.Node == node && seat.Generation == report.Generation ? instance : null;

    private static IEnumerable<Proposal> TakeBack(
        Cluster cluster, Instance instance, NodeName node, InstanceReport report, IEnumerable<Incident> told)
    {
        var why = new Reason("healing", "takenBack",
            $"{node} gave up {instance.Name}: {report.Reason?.Message ?? "no reason was told"}; "
                + "it is to start elsewhere");
        yield return new Proposal(
            new SeatWithdrawn(instance.Name, cluster.Office.Epoch, why) { TriedAgain = true }, why, Impact.Restart);
        var failures = report.StartFailures > 0
            ? BackOff.AfterStart(instance.Failures, node, report.Reason ?? why, cluster.Wall)
            : BackOff.AfterRun(instance.Failures, node, report.Reason ?? why, cluster.Wall);
        if (report.DiskLocked)
        {
            // Whoever holds the lock may be a copy that runs: every node looks through itself before it is tried again.
            var looked = cluster.Wall + LockRule.Look;
            failures = failures with
            {
                NextTryAt = failures.NextTryAt > looked ? failures.NextTryAt : looked,
                Refusal = new LockRefusal(node, report.Generation, looked),
            };
        }

        yield return new Proposal(new TryFailed(instance.Name, failures) { At = cluster.Wall }, why)
        {
            Told = false, Follows = true,
        };

        // What the host could not repair is the controller's from here on, and ends when the instance is ready
        // elsewhere.
        foreach (var incident in told.Where(i => i.Open && i.Instances.ContainsKey(instance.Name)))
        {
            var before = incident.Instances[instance.Name];
            var freed = before with { To = null, FreedAt = cluster.Wall, StartedAt = null };
            yield return new Proposal(new RecoveryProgressed(incident.Id, instance.Name, freed), why)
            {
                Told = false, Follows = true,
            };
        }
    }
}
