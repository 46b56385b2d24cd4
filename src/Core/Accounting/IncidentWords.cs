using System.Collections.Immutable;
using System.Globalization;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Accounting;

/// <summary>
/// An incident in plain sentences: what failed, where, when, how long, what it touched, what can be done.
/// </summary>
public static class IncidentWords
{
    /// <summary>So many names are told; of more there is a number.</summary>
    private const int MostNames = 4;

    public static string Headline(Ledger ledger, Incident incident, DateTimeOffset wall) =>
        $"{Failure(ledger, incident)} at {Utc(IncidentPhases.FailedAt(incident))}. {Harm(incident, wall)}";

    /// <summary>Who decided, and under which term.</summary>
    public static string DecidedBy(Incident incident) => incident switch
    {
        { Kind: IncidentKind.RoleFailure, Decision.Code: "roleRestart" } => "its guest agent, in the guest",
        { HostIncident: { } key } => $"the host agent of {key.Split('/')[0]}, in place",
        { Leader: { } leader, Epoch: { } epoch } => $"controller {leader}, epoch {epoch}",
        _ => "a controller, which was not on record then",
    };

    /// <summary>What a person can do now, most pressing first; empty when nothing is left to do.</summary>
    public static IEnumerable<string> Advice(Ledger ledger, Incident incident)
    {
        var node = ledger.Nodes.GetValueOrDefault(new NodeName(incident.Subject));
        if (incident is { Open: true, ProvenAt: null, Kind: IncidentKind.NodeFailed or IncidentKind.NodeCutOff })
        {
            yield return $"its death is not proven yet: make sure that {incident.Subject} is off, then "
                + $"`havm node confirm-dead {incident.Subject} --boot-id {node?.Boot}`, or bring it back";
        }

        foreach (var (name, way) in incident.Instances.Where(item => !item.Value.Done).Take(MostNames))
        {
            yield return way.To is { } to
                ? $"{name} starts on {to}: `havm vm show {name}` says how far it is"
                : $"{name} waits: `havm vm explain {name}` says for what";
        }

        foreach (var line in ByKind(incident, node))
        {
            yield return line;
        }

        if (incident.Instances.Values.Any(way => way.Kept is not null))
        {
            yield return "look at what was kept before evidenceMiB makes room for newer";
        }
    }

    public static string Harm(RackFailure failure, DateTimeOffset wall)
    {
        var touched = failure.Parts.Sum(part => part.Instances.Count);
        var back = failure.Parts.SelectMany(part => part.Instances.Values).Count(way => way.Done);
        var nodes = failure.Parts.Select(part => part.Subject).Distinct().Order(NaturalOrder.Instance).ToList();
        return $"{Count.Of(nodes.Count, "node")} of rack {failure.Rack} "
            + $"fell silent together at {Utc(failure.Parts[0].LastWell!.Value)}: {string.Join(", ", nodes)}. "
            + $"{Count.Of(touched, "instance")} touched, {back} back"
            + (failure.Open ? $"; open for {Length(wall - failure.Parts[0].DetectedAt)}." : ".");
    }

    private static string Failure(Ledger ledger, Incident incident)
    {
        var rack = incident.IsAboutNode && ledger.NodeSpecOf(new NodeName(incident.Subject))?.Rack is { } known
            ? $" (rack {known})" : "";
        var on = incident.Instances.Values.Select(way => way.From).FirstOrDefault(from => from is not null) is { } from
            ? $" on {from}" : "";
        var name = incident.Subject;
        return incident.Kind switch
        {
            IncidentKind.NodeFailed => $"Node {name}{rack} failed",
            IncidentKind.NodeCutOff => $"Node {name}{rack} was cut off from the network, and lived on",
            IncidentKind.NodeRebooted => $"Node {name}{rack} rebooted without a word",
            IncidentKind.AgentDown => $"The host agent of {name}{rack} was gone or blind, its guests lived on",
            IncidentKind.RoleFailure => $"The program in the guest of {name}{on} failed",
            IncidentKind.MachineExit => $"The QEMU process of {name}{on} ended without an order",
            IncidentKind.GuestPanic => $"The guest of {name}{on} panicked",
            IncidentKind.GuestHang => $"The guest of {name}{on} stood still",
            IncidentKind.GuestShutdown => $"The guest of {name}{on} shut itself down",
            IncidentKind.DiskHandleLost => $"A disk that {name}{on} had open was of no use any more",
            IncidentKind.StartFailure => $"{name} could not be started{on}",
            IncidentKind.LeaseEnd => $"The lease of {name}{on} ran out, and its isolation policy held or ended it",
            IncidentKind.DeadNodeSpoke => $"A boot of node {name}{rack} that was proven dead spoke",
            IncidentKind.EndpointDown => $"The endpoint of {name}{on} did not answer its load balancer",
            IncidentKind.StoragePathLost =>
                $"Node {name}{rack} did not reach datastore {incident.Datastore}, which its instances need",
            IncidentKind.NodeWillFail => $"The sensors of node {name}{rack} said that it will likely fail",
            IncidentKind.CopyFound => $"A machine without a seat was found running on {name}{rack}",
        };
    }

    private static string Harm(Incident incident, DateTimeOffset wall)
    {
        var touched = incident.Instances.Count;
        if (incident.ClosedAt is { } closed)
        {
            var ready = incident.Instances.Values.Max(way => way.ReadyAt);
            return touched == 0
                ? $"No instance was touched; it was over after {Length(closed - incident.DetectedAt)}."
                : $"{Names(incident)} {(touched == 1 ? "was" : "were")} touched; "
                    + (ready is { } last
                        ? "the last was ready again "
                            + $"{Length(last - IncidentPhases.FailedAt(incident))} after the failure."
                        : $"{incident.Outcome}.");
        }

        var left = incident.Instances.Values.Count(way => !way.Done);
        return $"It is open for {Length(wall - incident.DetectedAt)}; "
            + (touched == 0 ? "no instance is touched so far."
                : $"{left} of {Count.Of(touched, "instance")} ({Names(incident)}) "
                    + $"{(left == 1 ? "is" : "are")} not back yet.");
    }

    private static IEnumerable<string> ByKind(Incident incident, NodeRecord? node)
    {
        var name = incident.Subject;
        switch (incident.Kind)
        {
            case IncidentKind.NodeFailed or IncidentKind.NodeCutOff or IncidentKind.NodeRebooted
                when node is { Phase: not NodePhase.Up }:
                yield return $"{name} takes no seats before it is back: `havm node show {name}` says how it stands";
                break;
            case IncidentKind.NodeFailed or IncidentKind.NodeRebooted:
                yield return $"find out why {name} failed, in its own journal and its BMC's event log";
                break;
            case IncidentKind.AgentDown when incident.Open:
                yield return $"its supervisor restarts the agent; on {name}, "
                    + "`journalctl -u havm-agent` says why it ended";
                break;
            case IncidentKind.RoleFailure:
                yield return $"`havm vm console {name}` shows what the program and its guest agent wrote";
                break;
            case IncidentKind.DiskHandleLost:
                yield return "find out why its datastore failed or ended, in the node's journal";
                break;
            case IncidentKind.StartFailure:
                yield return $"`havm vm explain {name}` tells the reason and where it is tried next";
                break;
            case IncidentKind.DeadNodeSpoke:
                yield return $"check the BMC of {name} before you trust it again: it, or an operator, was wrong";
                break;
            case IncidentKind.StoragePathLost when incident.Open:
                yield return $"look at the path from {name} to datastore {incident.Datastore}, and in the node's "
                    + "journal; what it holds there goes on by itself when the path is back, and `havm vm move` sends "
                    + "it elsewhere";
                break;
            case IncidentKind.NodeWillFail when incident.Open:
                yield return $"have the part replaced (`havm node report {name}` is for the vendor), then "
                    + $"`havm node return {name}`; or `havm node retire {name}`";
                break;
            case IncidentKind.CopyFound when incident.Open:
                yield return "end one of the two copies by hand: Havm touches neither";
                break;
        }
    }

    private static string Names(Incident incident)
    {
        var names = incident.Instances.Keys.Select(name => name.Value).Order(NaturalOrder.Instance).ToImmutableArray();
        return names.Length <= MostNames
            ? string.Join(", ", names)
            : $"{string.Join(", ", names[..(MostNames - 1)])} and {names.Length - MostNames + 1} more";
    }

    private static string Utc(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Length(TimeSpan time) => Math.Max(0, time.TotalSeconds) switch
    {
        < 120 and var seconds => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 7200 and var seconds => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.0} min"),
        var seconds => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h"),
    };
}
