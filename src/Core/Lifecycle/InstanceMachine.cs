using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Core.Recovery;
using Havm.Model;

namespace Havm.Core.Lifecycle;

/// <summary>Where an instance stands, as people see it.</summary>
public enum InstancePhase
{
    /// <summary>It has no seat; placement looks for one, or a back-off runs.</summary>
    Waiting,

    /// <summary>It has no seat because what it depends on does not stand yet.</summary>
    WaitingForDependency,

    /// <summary>It has no seat because an earlier one is not proven dead.</summary>
    WaitingForProof,

    /// <summary>It has a seat; its host has not reported a running machine yet.</summary>
    Starting,

    /// <summary>Its vCPUs run; the guest is not ready.</summary>
    Running,

    /// <summary>The guest says that it is ready.</summary>
    Ready,

    /// <summary>Its vCPUs are held.</summary>
    Paused,

    /// <summary>It is being shut down as ordered.</summary>
    Stopping,

    /// <summary>It is being shut down to start on another node.</summary>
    Moving,

    /// <summary>It is stopped as ordered and holds nothing.</summary>
    Stopped,

    /// <summary>Its node cannot be heard: nobody knows.</summary>
    Down,

    /// <summary>Its host gave it up; it is being taken back.</summary>
    HandedBack,

    /// <summary>
    /// Its tries to start are used up; it is tried again when another node can take it, after a while, or by order.
    /// </summary>
    Failed,

    /// <summary>People have it in their hands: it is looked at, and nothing is done to it.</summary>
    Unmanaged,
}

/// <summary>
/// Derives an instance's phase from what is durable and what was heard. Derived, not stored: a stored phase could
/// disagree with what it was derived from.
/// </summary>
public static class InstanceMachine
{
    public static InstancePhase PhaseOf(Cluster cluster, Instance instance)
    {
        if (instance.Wanted == WantedState.Unmanaged)
        {
            return InstancePhase.Unmanaged;
        }

        if (instance.Seat is not { } seat)
        {
            return instance switch
            {
                { Unproven.Length: > 0, Wanted: WantedState.Running } => InstancePhase.WaitingForProof,
                { Unproven.Length: > 0 } => InstancePhase.Stopping,
                { Wanted: WantedState.Stopped } => InstancePhase.Stopped,
                { Failures.GivenUp: not null } => InstancePhase.Failed,
                { StartWait: not null } when PlacementDecider.StartIsDue(cluster, instance)
                    && !DependencyRule.Allows(cluster, instance) => InstancePhase.WaitingForDependency,
                _ => InstancePhase.Waiting,
            };
        }

        if (cluster.Ledger.Nodes.GetValueOrDefault(seat.Node)?.Phase is NodePhase.Lost or NodePhase.Dead
            or NodePhase.DownByOrder)
        {
            return InstancePhase.Down;
        }

        if (instance.Move is not null)
        {
            return InstancePhase.Moving;
        }

        return (ReportOf(cluster, instance)?.Phase ?? MachinePhase.Starting) switch
        {
            MachinePhase.Starting => InstancePhase.Starting,
            MachinePhase.Running =>
                instance.Wanted == WantedState.Running ? InstancePhase.Running : InstancePhase.Stopping,
            MachinePhase.Ready => instance.Wanted == WantedState.Running ? InstancePhase.Ready : InstancePhase.Stopping,
            MachinePhase.Paused => InstancePhase.Paused,
            MachinePhase.Stopping => InstancePhase.Stopping,
            MachinePhase.Stopped =>
                instance.Wanted == WantedState.Running ? InstancePhase.Starting : InstancePhase.Stopping,
            MachinePhase.GaveUp => InstancePhase.HandedBack,
        };
    }

    /// <summary>
    /// It runs as well as it will ever say: mostly there is somebody in the guest who says that it is ready.
    /// </summary>
    public static bool IsWell(Instance instance, InstanceReport? report) => report?.Phase == MachinePhase.Ready
        || (report?.Phase == MachinePhase.Running && !SaysReady(instance, report));

    /// <summary>
    /// Somebody in the guest is to say that it is ready, by what its process was made with: a definition that was
    /// edited since counts from the next start on.
    /// </summary>
    public static bool SaysReady(Instance instance, InstanceReport? report) =>
        (instance is { Seat: { } seat, StartedAs: { } noted } && noted.IsOf(seat, report?.StartedAt)
            ? noted.Machine : instance.Machine).SaysReady;

    /// <summary>What its node last reported about the generation it holds; null when nothing was heard yet.</summary>
    public static InstanceReport? ReportOf(Cluster cluster, Instance instance) =>
        instance.Seat is { } seat
            ? cluster.HeardOf(seat.Node).Report?.Instances
                .FirstOrDefault(r => r.Instance == instance.Name && r.Generation == seat.Generation)
            : null;
}
