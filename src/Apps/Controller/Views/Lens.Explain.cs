using Havm.Core;
using Havm.Core.Leaders;
using Havm.Core.Lifecycle;
using Havm.Core.Notices;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Core.Recovery;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Views;

internal sealed partial record Lens
{
    /// <summary>Events after which an instance may be waiting for what it did not wait for before.</summary>
    private static readonly string[] BeginsAWait =
        ["instanceCreated", "instanceOrdered", "seatWithdrawn", "tryFailed", "stateAdopted"];

    public ExplainView Explain(Instance instance, IReadOnlyList<Held> held)
    {
        var phase = InstanceMachine.PhaseOf(Cluster, instance);
        var others = Cluster with
        {
            Ledger = Cluster.Ledger with { Instances = Cluster.Ledger.Instances.Remove(instance.Name) },
        };
        var ranked = PlacementDecider.Rank(new PlacementView(others), instance);
        var waits = WaitingFor(instance, phase, held, Refusals.Of(ranked));
        return new ExplainView
        {
            Instance = instance.Name.Value,
            Phase = Word.Of(phase),
            Node = instance.Seat?.Node.Value,
            Reason = waits is { Guard: "placement" }
                ? new Reason("placement", "waiting", waits.Message)
                : WhyOf(instance, phase, InstanceMachine.ReportOf(Cluster, instance)),
            WaitingFor = waits,
            Candidates =
            [
                .. ranked.OrderByDescending(v => v.Total).ThenBy(v => v.Node.Name.Value, NaturalOrder.Instance)
                    .Select(v => Candidate(v, instance)),
            ],
            Confirmed = Moment.Of(Wall, TimeSpan.Zero),
        };
    }

    private static CandidateView Candidate(PlacementDecider.Verdict verdict, Instance instance) => new()
    {
        Node = verdict.Node.Name.Value,
        Rack = verdict.Rack.Value,
        Current = instance.Seat?.Node == verdict.Node.Name,
        Refused = verdict.Refusal is { } refusal ? new RefusalView(verdict.Filter!, refusal) : null,
        Scores = [.. verdict.Scores.Select(s => new ScoreView(s.Name, s.Value, s.Means, s.Weight))],
        Total = verdict.Refusal is null ? verdict.Total : null,
    };

    private HeldView? WaitingFor(Instance instance, InstancePhase phase, IReadOnlyList<Held> held, string places)
    {
        var node = instance.Seat?.Node ?? (instance.Unproven is [var first, ..] ? first.Node : null);
        var subject = $"Instance/{instance.Name}";
        if (held.FirstOrDefault(h => (h.Proposal.Judges is { } judged && judged == node)
            || h.Proposal.Change?.Subject == subject) is { } guarded)
        {
            return new HeldView(subject, "recover", guarded.Guard.Code, guarded.Guard.Message,
                ReleasedBy(guarded.Guard.Code), HeldNow(guarded).Since);
        }

        if (instance.Notice is { } notice)
        {
            return new HeldView(subject, Word.Of(notice.Kind), "notice", NoticeRule.Waits(notice),
                $"its guest's approval (StartRequests), or {notice.Until:HH:mm:ss}Z", At(notice.Since));
        }

        return phase switch
        {
            InstancePhase.WaitingForProof or InstancePhase.Down => new HeldView(
                subject, "start elsewhere", "proof",
                $"generation {instance.Highest} on {node} is not proven dead{Backing(instance, node)}",
                $"its node's own report, its BMC saying Off twice, or `havm node confirm-dead {node}`",
                phase == InstancePhase.Down ? At(Cluster.Ledger.Nodes[node!.Value].Since) : WaitsSince(instance)),
            InstancePhase.Failed when instance.Failures.GivenUp is { } given => new HeldView(
                subject, "start", "retries", given.Why.Message,
                "a node that could not take it until now, "
                    + (given.AgainAt is { } again ? $"all nodes again at {again:HH:mm:ss}Z, " : "")
                    + $"or `havm vm start {instance.Name}`", At(given.Since)),
            InstancePhase.WaitingForDependency => StartWaits(instance),
            InstancePhase.Waiting when instance.Awaits is { } note => new HeldView(
                subject, "start", "reboot", note.Why.Message,
                $"{note.Node} coming back, {note.Until:HH:mm:ss}Z, or `havm vm start {instance.Name}`",
                WaitsSince(instance)),
            InstancePhase.Waiting when instance.Failures.NextTryAt is { } next && next > Wall => new HeldView(
                subject, "start", "backOff",
                $"failed {Count.Of(instance.Failures.Count, "time")}: {instance.Failures.Why?.Message}",
                $"the next try at {next:HH:mm:ss}Z, or `havm vm start {instance.Name}`", WaitsSince(instance)),
            InstancePhase.Waiting when AdoptionDecider.Waits(Cluster.Ledger) is { } waits => new HeldView(
                subject, "start", "adoption", waits.Message, "the word of those nodes, or that they are dead",
                WaitsSince(instance)),
            InstancePhase.Waiting => new HeldView(
                subject, "start", "placement", places, "capacity freed, or a node coming up", WaitsSince(instance)),
            _ => null,
        };
    }

    /// <summary>What a start waits for by its dependencies; null: for nothing.</summary>
    private HeldView? StartWaits(Instance instance) => instance.StartWait is { } wait
        && DependencyRule.Why(Cluster, instance, wait, Now) is { } why
            ? new HeldView($"Instance/{instance.Name}", "start", "dependsOn", why.Message,
                $"what it depends on being so far, its time being over, or `havm vm start {instance.Name}`",
                At(wait.Since))
            : null;

    /// <summary>When what it waits for began, as the history tells it; null when that is no longer in memory.</summary>
    private Moment? WaitsSince(Instance instance)
    {
        var subject = $"Instance/{instance.Name}";
        var began = Told().LastOrDefault(e => e.Subject == subject && BeginsAWait.Contains(e.Name));
        return began is null ? null : Moment.Of(began.At, Wall);
    }
}
