using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// Every act of automation has its incident on record, with a cause, evidence and, where something was taken for dead,
/// the proof; what leaves a node for its lost path, or for what its sensors say, is on the record of that; and once all
/// nodes are up and all is settled no incident is open, but of a node that is still to fail, or waits for a person.
/// </summary>
/// <param name="endless">Something in this scenario can never be ended: all is never well.</param>
public sealed class IncidentsExplained(bool endless) : IChecker
{
    /// <summary>How a VM stands when nothing is wrong with it; what ended badly may have an open incident.</summary>
    private static readonly string[] Stands = ["running", "stopped", "unmanaged", "absent"];

    /// <summary>
    /// A path is taken for lost for 10 s after it was last seen to be, and the word of that takes a moment more.
    /// </summary>
    private static readonly TimeSpan PathIsTrustedAfter = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, Instant> _diskless = [];
    private readonly List<Acted> _recovered = [];
    private readonly List<NodeJudged> _fenced = [];
    private bool _ended;
    private bool _allUp;
    private bool _adopted;

    public string Name => "IncidentsExplained";

    public string? See(TraceEvent happened)
    {
        switch (happened)
        {
            case Acted { Kind: "recover" } act:
                _recovered.Add(act);
                break;
            case NodeJudged { State: "fencing" } order:
                _fenced.Add(order);
                break;
            case Injected { Op: "adopt-state" }:
                // What that state has on a node that does not run it is started by that order.
                _adopted = true;
                break;
            case Snapshot snapshot:
                _ended = snapshot.Step is null;
                _allUp = !endless && snapshot.Nodes.Values.All(state => state == "up")
                    && snapshot.Vms.Values.All(vm => Stands.Contains(vm.Is));
                break;
        }

        return null;
    }

    public string? Look(Truth truth)
    {
        var wrong = _recovered.Select(act => OfRecovery(truth.Ledger, act, truth.InstanceOf(act.Vm)))
            .Concat(_fenced.Select(order => OfFence(truth.Ledger, order, truth.NodeOf(order.Node))))
            .Concat(truth.Changed.Select(name => OfLeaving(truth.Ledger, name)))
            .FirstOrDefault(w => w is not null);
        foreach (var node in truth.Scenario.Nodes.Keys.Where(truth.HasLostDisks))
        {
            _diskless[node] = truth.Now;
        }

        _recovered.Clear();
        _fenced.Clear();
        return wrong ?? (_ended && _allUp && truth.AllReady && truth.AllSpeak ? Unended(truth) : null);
    }

    private string? OfRecovery(Ledger ledger, Acted act, InstanceName instance) =>
        ledger.Incidents.Values.LastOrDefault(i => i.Instances.ContainsKey(instance)) is not { } incident
            ? _adopted ? null
                : $"{act.Vm} was started on {act.To} for another reason than an order, and no incident tells of it"
            : Bare(incident) is { } bare ? $"{act.Vm} was recovered, and {bare}" : null;

    private static string? OfLeaving(Ledger ledger, InstanceName name) =>
        ledger.Instances.GetValueOrDefault(name) is { Move: { } move }
        && (move.Cause switch
        {
            MoveCause.Storage => IncidentKind.StoragePathLost,
            MoveCause.Risk => IncidentKind.NodeWillFail,
            _ => (IncidentKind?)null,
        }) is { } kind
        && !ledger.Incidents.Values.Any(i => i.Kind == kind && i.Subject == move.From.Value
            && i.Instances.ContainsKey(name))
            ? $"{name} leaves {move.From} ({Word.Of(move.Cause)}), and no {Word.Of(kind)} tells of it" : null;

    private static string? OfFence(Ledger ledger, NodeJudged order, NodeName node) =>
        ledger.Incidents.Values.LastOrDefault(i => i.IsAboutNode && i.Subject == node.Value && i.FencedAt is not null)
            is not { } incident
            ? $"{order.Node} was ordered off, and no incident tells of it"
            : Bare(incident) is { } bare ? $"{order.Node} was ordered off, and {bare}" : null;

    /// <summary>What an incident lacks, in words; null when it has all.</summary>
    private static string? Bare(Incident incident) =>
        incident.Decision.Message.Length == 0 ? $"{incident.Id} names no cause"
        : incident is { Kind: IncidentKind.NodeFailed or IncidentKind.NodeCutOff }
            && incident.Decision.Evidence.IsDefaultOrEmpty ? $"{incident.Id} names no evidence"
        : null;

    private string? Unended(Truth truth) =>
        truth.Ledger.Incidents.Values.FirstOrDefault(i => i.Open && !MayLast(truth, i)) is { } open
            ? $"all is well again, and {open.Id} ({open.Kind} {open.Subject}) is open: {open.Decision.Message}"
            : null;

    /// <summary>Parts still wear, a person has not given the node back, or its disks came back just now.</summary>
    private bool MayLast(Truth truth, Incident incident) => incident.Kind switch
    {
        IncidentKind.NodeWillFail => truth.Ledger.Nodes.GetValueOrDefault(new NodeName(incident.Subject)) is { } node
            && (node.Risk is not null || node.Fit is NodeFitness.OutForRepair or NodeFitness.Quarantine),
        IncidentKind.StoragePathLost => _diskless.Any(lost => truth.NodeOf(lost.Key).Value == incident.Subject
            && truth.Now - lost.Value < PathIsTrustedAfter),
        _ => false,
    };
}
