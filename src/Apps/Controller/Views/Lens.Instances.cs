using Havm.Core;
using Havm.Core.Busyness;
using Havm.Core.Leaders;
using Havm.Core.Lifecycle;
using Havm.Core.Notices;
using Havm.Core.Records;
using Havm.Core.Recovery;
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
            Phase = Word.Of(phase),
            Settled = IsSettled(instance, phase, report),
            Wanted = Word.Of(instance.Wanted),
            Reason = WhyOf(instance, phase, report),
            Conditions = [.. Conditions(instance), .. Rotation(instance)],
            Node = instance.Seat?.Node.Value,
            Rack = rack?.Value,
            Generation = (instance.Seat?.Generation ?? instance.Highest).Value,
            AvailabilitySet = instance.AvailabilitySet,
            FaultDomain = rack is { } r && instance.AvailabilitySet is not null ? DomainOf(r) : null,
            UpdateDomain = instance.AvailabilitySet is null ? null : instance.UpdateDomain,
            Vcpus = instance.Machine.Vcpus,
            MemoryBytes = instance.Machine.Memory.Value,
            UsedMilliCpus = report?.Use?.MilliCpus,
            UsedMemoryBytes = report?.Use?.Memory.Value,
            Image = ImageOf(instance),
            Priority = instance.Priority,
            DependsOn = [.. instance.DependsOn.Select(on => Dependency(instance, on))],
            Isolation = Word.Of(instance.Machine.Isolation),
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

    /// <summary>With what its program wrote last.</summary>
    public InstanceView WholeInstance(Instance instance) => Instance(instance) with
    {
        Log = InstanceMachine.ReportOf(Cluster, instance)?.Log is { } log ? [.. log.Split('\n')] : [],
    };

    public ServiceView Service(string name, ServiceSpec spec)
    {
        var key = new SpecKey("Service", name);
        var members = Cluster.Ledger.Instances.Values
            .Where(i => i.Owner == key).Select(i => (i, View: Instance(i))).ToList();
        var roles = spec.Roles.Select(role =>
        {
            var views = members.Where(m => m.i.Role == role.Name).OrderBy(m => m.i.Index).Select(m => m.View).ToList();
            return new RoleView(
                role.Name, Word.Of(role.Type), role.Instances,
                views.Count(v => v.Phase is "running" or "ready"), views.Count(v => v.Phase == "ready"), [.. views]);
        }).ToList();
        var settled = roles.All(r => r.Instances.Length == r.Wanted && r.Instances.All(v => v.Settled));
        var ready = roles.Sum(r => r.Ready);
        var wanted = roles.Sum(r => r.Wanted);
        var leaving = members.Where(m => m.i.Leaving).Select(m => m.View.Name).Order(NaturalOrder.Instance).ToList();
        return new ServiceView
        {
            Name = name,
            Phase = roles.All(r => r.Ready >= r.Wanted) ? "ready" : ready == 0 ? "starting" : "degraded",
            Settled = settled,
            Reason = new Reason(
                "lifecycle", settled ? "ready" : "converging",
                $"{ready} of {Count.Of(wanted, "instance")} {(wanted == 1 ? "is" : "are")} ready"
                    + (leaving.Count > 0 ? $"; {string.Join(", ", leaving)} still to leave" : "")),
            Roles = [.. roles],
            Conditions =
            [
                .. Conditions(members.ConvertAll(m => m.i)),
                .. OutOfRotation(members.ConvertAll(m => m.View)),
            ],
            Confirmed = members.Select(m => m.View.Confirmed).OfType<Moment>().MaxBy(m => m.AgeSeconds),
        };
    }

    private DependencyView Dependency(Instance instance, Dependency on) => new(
        on.Target, Word.Of(on.Condition), on.Timeout.TotalSeconds,
        DependencyRule.Lacks(Cluster, on) is { } lacks
            ? $"{lacks.Name} is {Word.Of(InstanceMachine.PhaseOf(Cluster, lacks))}"
            : null,
        instance.StartWait?.IsOver(on) == true);

    private string Backing(Instance instance, NodeName? node) =>
        node is { } name && Cluster.Ledger.Nodes.GetValueOrDefault(name) is { WatchdogArmed: true }
            && Core.Leases.LeaseTerms.Default.T(instance.Machine.Isolation) is { } wait
            ? $"; its lease's end proves it {wait.TotalSeconds:0} s after the last renewal"
                + (LongLease() is { } held ? $", and not before long lease {held.Name} is over" : "")
                + (Disarm() is not null ? ", and not before every node is armed again" : "")
            : "";

    private static bool IsSettled(
        Instance instance, InstancePhase phase, InstanceReport? report) => instance.Wanted switch
    {
        WantedState.Running => !instance.Leaving && (phase == InstancePhase.Ready
            || (phase == InstancePhase.Running && !InstanceMachine.SaysReady(instance, report))),
        WantedState.Stopped => phase == InstancePhase.Stopped,
        WantedState.Unmanaged => true,
    };

    private Reason? WhyOf(Instance instance, InstancePhase phase, InstanceReport? report) => phase switch
    {
        InstancePhase.WaitingForProof => instance.Unproven[0].Why,
        InstancePhase.Failed => instance.Failures.GivenUp!.Why,
        InstancePhase.WaitingForDependency => DependencyRule.Why(Cluster, instance, instance.StartWait!, Now),
        InstancePhase.Waiting => instance.Awaits?.Why ?? instance.Failures.Why
            ?? AdoptionDecider.Waits(Cluster.Ledger)
            ?? new Reason(
                "placement", "waiting", $"no node can take it now; `havm vm explain {instance.Name}` says why"),
        InstancePhase.Down => Cluster.Ledger.Nodes[instance.Seat!.Node].Why,
        InstancePhase.Unmanaged => Unmanaged(report),
        _ => report?.Reason ?? instance.Seat?.Why,
    };

    /// <summary>Whoever has it in their hands wants to know how it is.</summary>
    private static Reason Unmanaged(InstanceReport? report) => new("lifecycle", "unmanaged",
        "it is left to people; "
            + (report is null ? "nothing is known of a process" : $"its machine is {Word.Of(report.Phase)}")
            + (report?.Reason is { } why ? $": {why.Message}" : ""));

    private IEnumerable<ConditionView> Conditions(Instance instance)
    {
        if (PendingStart.Of(Cluster, instance) is { IsEmpty: false } waits)
        {
            yield return Pending(
                $"{string.Join(", ", waits)}: only from its next start on; "
                    + $"`havm vm restart {instance.Name}` does that now");
        }

        if (instance.Notice is { } notice)
        {
            yield return new ConditionView(
                ConditionView.Noticed, "true", Word.Of(notice.Kind), NoticeRule.Waits(notice), At(notice.Since));
        }
        else if (InstanceMachine.ReportOf(Cluster, instance) is { ReadsNotices: true })
        {
            yield return new ConditionView(
                ConditionView.Noticed, "false", "asks",
                "its guest asks what is planned with it: it is told ahead, and waited for", null);
        }

        if (instance.Busy is { } mark)
        {
            yield return new ConditionView(
                ConditionView.Busy, "true", "marked",
                $"{mark.By} marked it busy ({mark.Why}): its silence is not judged and automation does not move it "
                    + $"before {BusyRule.EndOf(instance)}",
                At(mark.At));
        }
    }

    private IEnumerable<ConditionView> Conditions(List<Instance> members) => members
        .Select(i => (i.Name, Waits: string.Join(", ", PendingStart.Of(Cluster, i))))
        .Where(each => each.Waits.Length > 0)
        .GroupBy(each => each.Waits, each => each.Name.Value)
        .Select(same => $"{same.Key}: only from the next start of "
            + $"{string.Join(", ", same.Order(NaturalOrder.Instance))} on; `havm vm restart NAME` does that now")
        .Select(Pending);

    private static ConditionView Pending(string message) =>
        new(ConditionView.PendingRestart, "true", "startedBeforeTheChange", message, null);

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
