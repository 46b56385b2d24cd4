using Havm.Core;
using Havm.Core.Changes;
using Havm.Core.Fencing;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Simulator.Trace;

/// <summary>
/// Turns what a controller decided into the events of a trace: its verdicts on nodes, what it does to VMs with the
/// cause, and who waits. It reads changes; it concludes nothing.
/// </summary>
public sealed class ControllerTeller(
    Func<string, string> node, Func<string, string> vm, Func<Instant> now, Action<TraceEvent> tell)
{
    private readonly Dictionary<InstanceName, (NodeName Node, string Cause)> _freed = [];
    private readonly Dictionary<NodeName, string> _judged = [];
    private readonly HashSet<NodeName> _fencing = [];
    private readonly HashSet<NodeName> _drained = [];
    private readonly Dictionary<InstanceName, MoveNote> _moving = [];
    private readonly HashSet<InstanceName> _waiting = [];
    private readonly HashSet<InstanceName> _held = [];
    private readonly HashSet<InstanceName> _failed = [];

    public void Decided(Cluster before, Decision decision)
    {
        foreach (var change in decision.Changes)
        {
            Tell(before.Ledger, change);
            TellReset(before.Ledger, change);
        }

        TellWaiting(decision.After);
    }

    private void Tell(Ledger ledger, Change change)
    {
        switch (change)
        {
            case NodeBooted booted:
                // Up again is news also where nobody had noticed that the boot before was over.
                _judged.Remove(booted.Name);
                break;
            case NodeMoved { Phase: NodePhase.Up } up:
                Judge(up.Name, _drained.Contains(up.Name) ? "maintenance" : "up");
                _fencing.Remove(up.Name);
                break;
            case DrainBegun { Note.Cause: DrainCause.Order } drained:
                _drained.Add(drained.Name);
                Judge(drained.Name, "maintenance");
                break;
            case DrainEnded ended when _drained.Remove(ended.Name):
                if (ledger.Nodes[ended.Name].Phase == NodePhase.Up)
                {
                    Judge(ended.Name, "up");
                }

                break;
            case MoveBegun move:
                _moving[move.Name] = move.Note;
                Act(move.Name, "cold-move", move.Note.From, move.Note.To, move.Note.Why.Message, Cause(move.Note));
                break;
            case MoveEnded off:
                _moving.Remove(off.Name);
                break;
            case NodeMoved { Phase: NodePhase.Lost } lost:
                Judge(lost.Name, "lost");
                break;
            case FenceOrdered order:
                _fencing.Add(order.Name);
                Judge(order.Name, "fencing");
                break;
            case NodeProvenDead dead:
                Judge(dead.Name, "fenced");
                break;
            case NodeRemoved removed:
                Judge(removed.Name, "removed");
                break;
            case SeatProvenDead proven:
                Free(ledger, proven);
                break;
            case SeatTaken taken:
                Take(taken);
                break;
            case InstanceAdopted adopted:
                Adopt(ledger, adopted);
                break;
            case InstanceOrdered { Wanted: WantedState.Running } start:
                _freed.Remove(start.Name);
                break;
            case InstanceOrdered { Wanted: WantedState.Stopped } stop:
                Act(stop.Name, "stop", SeatOf(ledger, stop.Name), null, "ordered", "order");
                break;
            case InstanceOrdered { Wanted: WantedState.Unmanaged } left:
                Judge(left.Name, "unmanaged", "ordered");
                break;
            case InstanceCreated { Created: { Wanted: WantedState.Unmanaged } made }:
                Judge(made.Name, "unmanaged", "its object says so");
                break;
            case InstanceRevised { Revised.Leaving: true } leaving:
                Act(leaving.Revised.Name, "stop", SeatOf(ledger, leaving.Revised.Name), null, "removed", "order");
                break;
        }
    }

    private void TellReset(Ledger ledger, Change change)
    {
        if (change is EndpointEscalated { Note.Rung: EndpointRung.Reset } reset)
        {
            Act(reset.Name, "stop", SeatOf(ledger, reset.Name), null, reset.Note.Why.Message, "fault");
        }
    }

    private void Adopt(Ledger ledger, InstanceAdopted adopted)
    {
        _waiting.Remove(adopted.Name);
        _held.Remove(adopted.Name);
        _freed.Remove(adopted.Name);
        Act(adopted.Name, "adopt", SeatOf(ledger, adopted.Name), adopted.Node, adopted.Why.Message, "order");
    }

    private void Judge(NodeName name, string state)
    {
        if (_judged.GetValueOrDefault(name) != state)
        {
            _judged[name] = state;
            tell(new NodeJudged(now(), node(name.Value), state));
        }
    }

    /// <summary>Where it was and what freed it; a seat that stopped as ordered was freed by nobody's fault.</summary>
    private void Free(Ledger ledger, SeatProvenDead proven)
    {
        if (ledger.Instances.GetValueOrDefault(proven.Name) is { Wanted: WantedState.Running })
        {
            _freed[proven.Name] = (proven.Proof.Node, proven.Proof.Method switch
            {
                ProofMethod.Lease => "lease",
                ProofMethod.Storage => "fence",
                ProofMethod.NodeOff => _fencing.Contains(proven.Proof.Node) ? "fence" : "fault",
                ProofMethod.Report or ProofMethod.NewBoot => "fault",
            });
        }
    }

    private void Take(SeatTaken taken)
    {
        _waiting.Remove(taken.Name);
        _held.Remove(taken.Name);
        _failed.Remove(taken.Name);
        if (_moving.Remove(taken.Name, out var move) && _freed.GetValueOrDefault(taken.Name).Cause is null or "fault")
        {
            // The move told where it goes; only another end is news.
            _freed.Remove(taken.Name);
            if (taken.Node != move.To)
            {
                Act(taken.Name, "start", move.From, taken.Node, taken.Why.Message, Cause(move));
            }
        }
        else if (_freed.Remove(taken.Name, out var freed))
        {
            Act(taken.Name, "recover", freed.Node, taken.Node, taken.Why.Message, freed.Cause);
        }
        else
        {
            Act(taken.Name, "start", null, taken.Node, taken.Why.Message, "order");
        }
    }

    private void Act(InstanceName name, string kind, NodeName? from, NodeName? to, string why, string cause) =>
        tell(new Acted(now(), vm(name.Value), kind, Of(from), Of(to), why, cause));

    private static string Cause(MoveNote move) => move.Cause switch
    {
        MoveCause.Order => "order",
        MoveCause.Rule => "rule",
        MoveCause.Maintenance => "maintenance",
        MoveCause.Rebalance => "rebalance",
        MoveCause.Endpoint => "fault",
        MoveCause.Storage => "fault",
        MoveCause.Risk => "fault",
    };

    private string? Of(NodeName? name) => name is { } known ? node(known.Value) : null;

    private static NodeName? SeatOf(Ledger ledger, InstanceName instance) =>
        ledger.Instances.GetValueOrDefault(instance)?.Seat?.Node;

    private void TellWaiting(Cluster cluster)
    {
        foreach (var instance in cluster.Ledger.Instances.Restless)
        {
            switch (InstanceMachine.PhaseOf(cluster, instance))
            {
                case InstancePhase.Waiting when _waiting.Add(instance.Name):
                    Judge(instance.Name, "waiting", "no node is legal, or a try is due later");
                    break;
                case InstancePhase.WaitingForDependency when _held.Add(instance.Name):
                    Judge(instance.Name, "held", "what it depends on does not stand yet");
                    break;
                case InstancePhase.Failed when _failed.Add(instance.Name):
                    Judge(instance.Name, "failed", instance.Failures.GivenUp!.Why.Message);
                    break;
            }
        }
    }

    private void Judge(InstanceName instance, string state, string why) =>
        tell(new VmJudged(now(), vm(instance.Value), state, why));
}
