using Havm.Core.Host.Watch;
using Havm.Core.Liveness;
using Havm.Core.Maintenance;
using Havm.Core.NodeLife;
using Havm.Core.Records;
using Havm.Core.Recovery;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Views;

internal sealed partial record Lens
{
    public NodeView Node(NodeRecord node)
    {
        var spec = Cluster.Ledger.NodeSpecOf(node.Name);
        var heard = Cluster.HeardOf(node.Name);
        var seated = Cluster.Ledger.Instances.Values.Where(i => i.Seat?.Node == node.Name).ToList();
        return new NodeView
        {
            Name = node.Name.Value,
            Rack = spec?.Rack.Value ?? "",
            Phase = PhaseOf(node, heard),
            Settled = node.Phase == NodePhase.Up,
            Reason = Dark(node, heard) ?? node.Why,
            BootId = node.Boot?.Value,
            CpusUsed = seated.Sum(i => i.Machine.Vcpus),
            Cpus = spec?.Cpus ?? 0,
            MemoryUsedBytes = seated.Sum(i => i.Machine.Memory.Value),
            MemoryBytes = spec?.Memory.Value ?? 0,
            Instances = [.. seated.Select(i => i.Name.Value).Order(NaturalOrder.Instance)],
            Bmc = spec is { Rungs: [var first, ..] } ? Bmc(first, heard.Rung(0)) : null,
            Fencing =
            [
                .. spec?.Rungs.Select((method, place) => Bmc(method, heard.Rung(place))) ?? [],
                .. spec?.Cuts.Select(method => Bmc(method, heard.CutBy(method)) with
                {
                    Datastores = method.Datastores,
                }) ?? [],
            ],
            Watchdog = Word.Of(spec?.Watchdog ?? WatchdogKind.None),
            AgentConnected = heard.Agent.Speaks(Cluster.Policy.Liveness.SuspectAfter, Now),
            WardenConnected = heard.Warden.Speaks(Cluster.Policy.Liveness.SuspectAfter, Now),
            Fitness = Word.Of(node.Fit),
            FitAt = node.Fitness?.Until,
            Diagnosis = node.Diagnosis is { } looked ? View(looked) : null,
            Conditions = [.. Conditions(node), .. SilentAddresses(node), .. StorageFence(node, heard)],
            Confirmed = Heard(heard.Last),
        };
    }

    private static DiagnosisView View(DiagnosisNote looked) => new(
        Word.Of(looked.Outcome), looked.OrderedAt, looked.EndedAt, looked.Why.Message,
        [
            .. looked.Findings.Select(found => new DiagnosisFindingView(
                found.Check, found.Of, Word.Of(found.Result), found.Message, found.Remedy)),
        ]);

    /// <summary>Suspect is not a phase of the record: it is how long ago the node was heard.</summary>
    private string PhaseOf(NodeRecord node, NodeHeard heard) =>
        node.Phase == NodePhase.Up && Silence.Of(heard, Cluster.Office, Now) >= Cluster.Policy.Liveness.SuspectAfter
            ? "suspect"
            : node.Phase == NodePhase.Unseen ? "joining" : Word.Of(node.Phase);

    /// <summary>Of a dead node people want to know whether it comes back, and then how it was proven dead.</summary>
    private static Reason? Dark(NodeRecord node, NodeHeard heard)
    {
        if (PowerOnDecider.Outlook(node) is not { } outlook)
        {
            return null;
        }

        var facts = outlook.Evidence.IsEmpty
            ? [new Evidence("fencing", node.Why.Message), .. node.Why.Evidence]
            : outlook.Evidence;
        var trouble = new Evidence("bmc", heard.PowerOnTrouble);
        return outlook with
        {
            Evidence = trouble.Message.Length > 0 && !facts.Contains(trouble) ? facts.Add(trouble) : facts,
        };
    }

    private BmcView Bmc(FenceMethod method, RungHeard rung) => rung.Power is [.., var newest]
        ? new BmcView(method.Place, Word.Of(newest.State), Heard(newest.AskedAt))
        {
            Trouble = rung.Lied ? "said Off while the node went on speaking, so it is not believed"
                : newest.Trouble.Length > 0 ? newest.Trouble
                : null,
        }
        : new BmcView(method.Place, "unknown", null) { Trouble = "has not answered yet" };

    private ConditionView Drained(NodeRecord node, DrainNote drain)
    {
        if (drain.EmptySince is { } since)
        {
            return new ConditionView(ConditionView.Drained, "true", "safeToPowerOff",
                $"nothing sits on it: it is safe to power off; {drain.Why.Message}", At(since));
        }

        var stuck = DrainDecider.Stuck(Cluster, node).Select(i => i.Name.Value).Order(NaturalOrder.Instance).ToList();
        return new ConditionView(ConditionView.Drained, "false", stuck.Count > 0 ? "stuck" : "draining",
            drain.Why.Message + (stuck.Count > 0
                ? $"; no other node can take {string.Join(", ", stuck)}: `havm vm explain` says why" : ""),
            At(drain.Since));
    }

    private IEnumerable<ConditionView> SilentAddresses(NodeRecord node) =>
        from silent in SilentAddress.In(Cluster)
        where silent.Nodes.Contains(node.Name)
        select new ConditionView(
            ConditionView.IsolationAddress, "false", "isolationAddressSilent",
            $"isolation address {silent.Address} has not answered this node for "
                + $"{ReachWatch.SilentAfter.TotalSeconds:0} s: look at the way there, and whether it lets echo "
                + "requests pass and the warden may send them", null);

    /// <summary>What storage does about the node, where that is anything but taking its writes.</summary>
    private IEnumerable<ConditionView> StorageFence(NodeRecord node, NodeHeard heard)
    {
        if (node.Cut is not { } cut)
        {
            var off = (Cluster.Ledger.NodeSpecOf(node.Name)?.Cuts ?? [])
                .Where(m => heard.CutBy(m).Stated is { State: PowerState.Off }).Select(m => m.Place).ToList();
            if (off.Count > 0)
            {
                yield return new ConditionView(ConditionView.StorageRefuses, "true", "notOurs",
                    $"{string.Join(" and ", off)} says Off, by no order of ours: give its storage back by hand", null);
            }

            yield break;
        }

        var trouble = cut.Methods.Select(m => heard.CutBy(m).Trouble).FirstOrDefault(t => t.Length > 0);
        var mute = cut.Methods.Any(m => !cut.Taken.Contains(m)
            && heard.CutBy(m) is { AskedAt: null, Stated.State: PowerState.Off, OffsSent: > 0 });
        var next = cut.State switch
        {
            StorageCutState.Ordered when mute =>
                "it says Off, and nobody knows that it took our order: that proves nothing, and confirm-dead is left",
            StorageCutState.Ordered => "it is read until it does",
            StorageCutState.Refusing =>
                "it is given back to the node's next boot alone: reboot the node once it is well",
            StorageCutState.GivingBack => "it is told until it does",
        };
        yield return new ConditionView(
            ConditionView.StorageRefuses, cut.State == StorageCutState.Refusing ? "true" : "false", Word.Of(cut.State),
            $"{(cut.GivesBack ?? cut.Broken ?? cut.Proof ?? cut.Why).Message}; {next}"
                + (trouble is null ? "" : $"; {trouble}"),
            At(cut.OrderedAt));
    }

    /// <summary>What its sensors say beside the worst.</summary>
    private static string Others(RiskNote risk) => risk.Why.Evidence.Length < 2
        ? ""
        : "; also " + string.Join(", ", risk.Why.Evidence.Skip(1).Select(other => other.Message));

    private IEnumerable<ConditionView> Conditions(NodeRecord node)
    {
        if (node.Cordoned)
        {
            yield return new ConditionView("Cordoned", "true", "cordoned", "an operator keeps new seats away", null);
        }

        if (node.Fitness is { } note)
        {
            yield return new ConditionView(ConditionView.Fit, "false", Word.Of(note.Is),
                $"{note.Why.Message}; it stays {FitnessRule.Place(note.Is)} {FitnessRule.Release(node, note)}",
                At(note.Since));
        }

        if (node.Drain is { } drain)
        {
            yield return Drained(node, drain);
        }

        if (node.Risk is { } risk)
        {
            yield return new ConditionView(
                ConditionView.Wears, risk.Level == RiskLevel.Likely ? "true" : "false", risk.Why.Code,
                risk.Why.Message + Others(risk), At(risk.Since));
        }

        foreach (var ailment in node.Ailments)
        {
            yield return new ConditionView(
                ConditionView.Ailing, "true", Word.Of(ailment.Kind), ailment.Message, At(ailment.Since));
        }

        if (node.Verdict is { } verdict)
        {
            yield return new ConditionView("Verdict", "true", Word.Of(verdict), node.Why.Message, At(node.Since));
        }

        if (GuestEvidence.Answering(Cluster, node, Now) is { IsEmpty: false } guests)
        {
            yield return new ConditionView(
                "GuestsAnswer", "true", "guestsAnswer",
                $"{string.Join(", ", guests)} answered on their own network: only its management is ill, "
                    + "and it is not fenced for that", null);
        }

        if (node.Fence is { } fence)
        {
            yield return new ConditionView(
                "FenceOrdered", "true", "fenceOrdered", fence.Why.Message, At(fence.OrderedAt));
        }

        if (PowerOnDecider.Outlook(node) is { } outlook)
        {
            var comes = node is { PowerOn: { IsOurs: true, GivenUp: false }, Cordoned: false }
                && node.Fit is not (NodeFitness.OutForRepair or NodeFitness.Retired);
            yield return new ConditionView(
                "ComesBack", comes ? "true" : "false",
                outlook.Code, outlook.Message, At(node.PowerOn?.TriedAt ?? node.Since));
        }

        yield return new ConditionView(
            "LeaseProves", node.WatchdogArmed ? "true" : "false",
            node.WatchdogArmed ? "watchdogArmed" : "noWatchdog",
            node.WatchdogArmed
                ? "an independent watchdog is armed: lease expiry proves death"
                : "no armed watchdog was reported: lease expiry proves nothing",
            null);
    }
}
