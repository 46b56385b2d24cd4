using Havm.Core;
using Havm.Core.Leaders;
using Havm.Core.Lifecycle;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Views;

internal sealed partial record Lens
{
    public InstanceView Instance(Instance instance)
    {
        var phase = InstanceMachine.PhaseOf(Cluster, instance);
        var report = InstanceMachine.ReportOf(Cluster, instance);
        var rack = instance.Seat is { } seat ? Cluster.Ledger.NodeSpecOf(seat.Node)?.Rack : null;
        return new InstanceView
        {
            Name = instance.Name.Value,
            Owner = instance.Owner.ToString(),
            Role = instance.Role,
            Phase = Camel(phase),
            Settled = IsSettled(instance, phase),
            Wanted = Camel(instance.Wanted),
            Reason = WhyOf(instance, phase, report),
            Node = instance.Seat?.Node.Value,
            Rack = rack?.Value,
            Generation = (instance.Seat?.Generation ?? instance.Highest).Value,
            AvailabilitySet = instance.AvailabilitySet,
            FaultDomain = rack is { } r && instance.AvailabilitySet is not null ? DomainOf(r) : null,
            UpdateDomain = instance.AvailabilitySet is null ? null : instance.UpdateDomain,
            Vcpus = instance.Machine.Vcpus,
            MemoryBytes = instance.Machine.Memory.Value,
            Image = ImageOf(instance),
            Priority = instance.Priority,
            Isolation = Camel(instance.Machine.Isolation),
            Addresses = [.. instance.Machine.Nics.Select(n => new AddressView(n.Network, n.Address, n.Mac))],
            StartedAt = At(report?.StartedAt),
            ReadyAt = At(report?.ReadyAt),
            Resets = report?.Resets ?? 0,
            ConsolePath = instance.Seat is { } at
                ? Config.ConsolePath?.Replace("{node}", at.Node.Value).Replace("{instance}", instance.Name.Value)
                : null,
            Confirmed = instance.Seat is { } held
                ? Heard(Cluster.HeardOf(held.Node).ReportConfirmed)
                : Moment.Of(Wall, TimeSpan.Zero),
        };
    }

    public ServiceView Service(string name, ServiceSpec spec)
    {
        var key = new SpecKey("Service", name);
        var members = Cluster.Ledger.Instances.Values
            .Where(i => i.Owner == key).Select(i => (i, View: Instance(i))).ToList();
        var roles = spec.Roles.Select(role =>
        {
            var views = members.Where(m => m.i.Role == role.Name).OrderBy(m => m.i.Index).Select(m => m.View).ToList();
            return new RoleView(
                role.Name, Camel(role.Type), role.Instances,
                views.Count(v => v.Phase is "running" or "ready"), views.Count(v => v.Phase == "ready"), [.. views]);
        }).ToList();
        var settled = roles.All(r => r.Instances.Length == r.Wanted && r.Instances.All(v => v.Settled));
        var ready = roles.Sum(r => r.Ready);
        var wanted = roles.Sum(r => r.Wanted);
        return new ServiceView
        {
            Name = name,
            Phase = settled ? "ready" : ready == 0 ? "starting" : "degraded",
            Settled = settled,
            Reason = new Reason(
                "lifecycle", settled ? "ready" : "converging", $"{ready} of {wanted} instances are ready"),
            Roles = [.. roles],
            Confirmed = members.Select(m => m.View.Confirmed).OfType<Moment>().MaxBy(m => m.AgeSeconds),
        };
    }

    public ExplainView Explain(Instance instance, IReadOnlyList<Held> held)
    {
        var phase = InstanceMachine.PhaseOf(Cluster, instance);
        var others = Cluster with
        {
            Ledger = Cluster.Ledger with { Instances = Cluster.Ledger.Instances.Remove(instance.Name) },
        };
        return new ExplainView
        {
            Instance = instance.Name.Value,
            Phase = Camel(phase),
            Node = instance.Seat?.Node.Value,
            Reason = WhyOf(instance, phase, InstanceMachine.ReportOf(Cluster, instance)),
            WaitingFor = WaitingFor(instance, phase, held),
            Candidates =
            [
                .. PlacementDecider.Rank(new PlacementView(others), instance).Select(v => Candidate(v, instance)),
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
        Scores = [.. verdict.Scores.Select(s => new ScoreView(s.Name, s.Value, $"weight {s.Weight}"))],
        Total = verdict.Refusal is null ? verdict.Total : null,
    };

    private HeldView? WaitingFor(Instance instance, InstancePhase phase, IReadOnlyList<Held> held)
    {
        var node = instance.Seat?.Node ?? (instance.Unproven is [var first, ..] ? first.Node : null);
        var subject = $"Instance/{instance.Name}";
        if (held.FirstOrDefault(h => h.Proposal.Judges is { } judged && judged == node) is { } guarded)
        {
            return new HeldView(subject, "recover", guarded.Guard.Code, guarded.Guard.Message,
                "when the guard's reason is gone", Moment.Of(Wall, TimeSpan.Zero));
        }

        return phase switch
        {
            InstancePhase.WaitingForProof or InstancePhase.Down => new HeldView(
                subject, "start elsewhere", "proof",
                $"generation {instance.Highest} on {node} is not proven dead{Backing(instance, node)}",
                $"its node's own report, its BMC saying Off twice, or `havm node confirm-dead {node}`",
                Moment.Of(Wall, TimeSpan.Zero)),
            InstancePhase.Waiting when instance.Failures.NextTryAt is { } next && next > Wall => new HeldView(
                subject, "start", "backOff",
                $"failed {instance.Failures.Count} time(s): {instance.Failures.Why?.Message}",
                $"the next try at {next:HH:mm:ss}Z, or `havm vm start {instance.Name}`",
                Moment.Of(Wall, TimeSpan.Zero)),
            InstancePhase.Waiting when AdoptionDecider.Waits(Cluster.Ledger) is { } waits => new HeldView(
                subject, "start", "adoption", waits.Message, "the word of those nodes, or that they are dead",
                Moment.Of(Wall, TimeSpan.Zero)),
            InstancePhase.Waiting => new HeldView(
                subject, "start", "placement", "no node can take it now; the candidates below say why",
                "capacity freed, or a node coming up", Moment.Of(Wall, TimeSpan.Zero)),
            _ => null,
        };
    }

    private string Backing(Instance instance, NodeName? node) =>
        node is { } name && Cluster.Ledger.Nodes.GetValueOrDefault(name) is { WatchdogArmed: true }
            && Core.Leases.LeaseTerms.Default.T(instance.Machine.Isolation) is { } wait
            ? $"; its lease's end proves it {wait.TotalSeconds:0} s after the last renewal"
                + (LongLease() is { } held ? $", and not before long lease {held.Name} is over" : "")
            : "";

    private static bool IsSettled(Instance instance, InstancePhase phase) => instance.Wanted == WantedState.Running
        ? phase == InstancePhase.Ready && !instance.Leaving
        : phase == InstancePhase.Stopped;

    private Reason? WhyOf(Instance instance, InstancePhase phase, InstanceReport? report) => phase switch
    {
        InstancePhase.WaitingForProof => instance.Unproven[0].Why,
        InstancePhase.Waiting => instance.Failures.Why
            ?? AdoptionDecider.Waits(Cluster.Ledger)
            ?? new Reason("placement", "waiting", "no node can take it now; `havm vm explain` says why"),
        _ => report?.Reason ?? instance.Seat?.Why,
    };

    private string ImageOf(Instance instance) =>
        Cluster.Ledger.Specs.GetValueOrDefault(instance.Owner.ToString())?.Spec switch
        {
            VirtualMachineSpec vm => vm.Template.Image,
            ServiceSpec service => service.Roles.FirstOrDefault(r => r.Name == instance.Role)?.Template.Image ?? "",
            _ => "",
        };

    private int DomainOf(RackName rack) =>
        Cluster.Ledger.All<RackSpec>().Select((r, i) => (r.Name, i)).FirstOrDefault(r => r.Name == rack.Value).i;
}
