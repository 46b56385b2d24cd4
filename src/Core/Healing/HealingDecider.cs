using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Incidents;
using Havm.Core.Liveness;
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
        foreach (var (name, heard) in cluster.Heard)
        {
            if (!cluster.Ledger.Nodes.TryGetValue(name, out var node) || heard.Boot != node.Boot)
            {
                continue;
            }

            foreach (var proposal in AgentDown(cluster, node, heard, now))
            {
                yield return proposal;
            }

            if (heard.Report is { } report)
            {
                foreach (var proposal in report.Incidents.SelectMany(told => Record(cluster, name, told)))
                {
                    yield return proposal;
                }

                foreach (var proposal in report.Instances.SelectMany(i => TakeBack(cluster, name, i)))
                {
                    yield return proposal;
                }
            }
        }
    }

    /// <summary>An agent that is silent while its warden speaks is restarted by its own supervisor; nothing is fenced.</summary>
    private static IEnumerable<Proposal> AgentDown(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now)
    {
        var terms = cluster.Policy.Liveness;
        if (heard.Agent.At is not { } at || heard.Warden.At is not { } warden)
        {
            yield break;
        }

        var from = Instant.Max(at, cluster.Office.ListeningSince);
        var down = now - warden < terms.SuspectAfter && (heard.Agent.BrokenAt is not null || now - from >= terms.LostAfter);
        var open = cluster.Ledger.Incidents.Values.FirstOrDefault(i =>
            i.Open && i.Kind == IncidentKind.AgentDown && i.Subject == node.Name.Value);
        if (down && open is null)
        {
            var why = new Reason("healing", "agentDown",
                $"the agent of {node.Name} is gone while its warden speaks: VMs go on, the node's supervisor restarts the agent")
            {
                Evidence =
                [
                    new("stream", heard.Agent.BrokenAt is { } broken ? $"agent's stream ended {(now - broken).TotalSeconds:0.0} s ago" : "agent's stream is open and silent"),
                    new("heartbeat", $"warden heard {(now - warden).TotalSeconds:0.0} s ago, agent {(now - at).TotalSeconds:0.0} s ago"),
                ],
            };
            var draft = IncidentFile.Draft(cluster, IncidentKind.AgentDown, node.Name.Value, why) with { LastWell = cluster.WallOf(at, now) };
            yield return new Proposal(new IncidentOpened(draft, null, []), why);
        }
        else if (!down && open is not null && heard.Agent.BrokenAt is null && now - at < terms.SuspectAfter)
        {
            var back = new Reason("healing", "agentBack", $"the agent of {node.Name} is back and has taken up its VMs again");
            yield return new Proposal(new IncidentClosed(open.Id, back.Message, cluster.Wall), back);
        }
    }

    private static IEnumerable<Proposal> Record(Cluster cluster, NodeName node, HostIncident told)
    {
        var key = $"{node}/{told.Id}";
        var known = cluster.Ledger.Incidents.Values.FirstOrDefault(i => i.HostIncident == key);
        if (known is null && cluster.Ledger.Instances.ContainsKey(told.Instance))
        {
            yield return new Proposal(new IncidentOpened(IncidentFile.FromHost(node, told), null, []), told.Decision);
            yield break;
        }

        if (known is not { Open: true })
        {
            yield break;
        }

        var before = known.Instances.GetValueOrDefault(told.Instance) ?? new InstanceRecovery { From = node, To = node };
        var after = before with { StartedAt = told.StartedAt ?? before.StartedAt, ReadyAt = told.ReadyAt ?? before.ReadyAt };
        if (after != before)
        {
            yield return new Proposal(new RecoveryProgressed(known.Id, told.Instance, after), told.Decision) { Told = false };
        }
    }

    private static IEnumerable<Proposal> TakeBack(Cluster cluster, NodeName node, InstanceReport report)
    {
        if (report.Phase != MachinePhase.GaveUp
            || !cluster.Ledger.Instances.TryGetValue(report.Instance, out var instance)
            || instance.Seat is not { } seat || seat.Node != node || seat.Generation != report.Generation)
        {
            yield break;
        }

        var why = new Reason("healing", "takenBack",
            $"{node} gave up {instance.Name}: {report.Reason?.Message ?? "no reason was told"}; it is to start elsewhere");
        yield return new Proposal(new SeatWithdrawn(instance.Name, seat, cluster.Office.Epoch, why), why, Impact.Restart);
        var failures = BackOff.After(instance.Failures, node, report.Reason ?? why, cluster.Wall);
        yield return new Proposal(new TryFailed(instance.Name, failures), why) { Told = false };
    }
}
