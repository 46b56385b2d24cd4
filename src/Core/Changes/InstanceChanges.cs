using Havm.Core.Fencing;
using Havm.Core.Leases;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>A change of one instance's record alone.</summary>
public abstract record InstanceChange(InstanceName Instance) : Change
{
    public override IEnumerable<RecordKey> Touches(Ledger before) => [new(RecordTable.Instance, Instance.Value)];

    public override string Subject => $"Instance/{Instance}";

    /// <summary>The instance and, because its goal changes too, the node it sits on.</summary>
    protected IEnumerable<RecordKey> WithSeatNode(Ledger before) =>
        before.Instances[Instance].Seat is { } seat
            ? [new(RecordTable.Instance, Instance.Value), new(RecordTable.Node, seat.Node.Value)]
            : [new(RecordTable.Instance, Instance.Value)];

    /// <summary>
    /// What no lease may end has a seat whose lease never proves, also after it was taken back: its node may not have
    /// heard of that.
    /// </summary>
    protected static Seat Wished(Seat seat, WantedState wanted) =>
        wanted == WantedState.Unmanaged ? seat with { Isolation = IsolationPolicy.LeaveRunning } : seat;

    protected static Ledger With(Ledger ledger, Instance instance) =>
        ledger with { Instances = ledger.Instances.SetItem(instance.Name, instance) };
}

/// <summary>An instance exists from now on. It continues the generations of a namesake before it.</summary>
public sealed record InstanceCreated(Instance Created) : InstanceChange(Created.Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var highest = ledger.Retired.GetValueOrDefault(Created.Name, Generation.None);
        return With(ledger, Created with { Highest = highest }) with { Retired = ledger.Retired.Remove(Created.Name) };
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) =>
        [.. base.Touches(before), new(RecordTable.Retired, Instance.Value)];
}

/// <summary>
/// Its object changed: wanted state, size, application, priority, dependencies. Seat and generations stay.
/// </summary>
public sealed record InstanceRevised(Instance Revised) : InstanceChange(Revised.Name)
{
    /// <summary>When the process on its seat started, as its node last said; null when unknown or none runs.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>It leaves rotation before it stops; null: it is in none, or does not stop.</summary>
    public RotationExit? Exit { get; init; }

    /// <summary>Its guest is told before it stops; null: it does not ask, or does not stop.</summary>
    public NoticeNote? Notice { get; init; }

    public override Ledger Apply(Ledger ledger)
    {
        var current = ledger.Instances[Instance];
        var next = current with
        {
            RotationExit = Revised.Wanted == WantedState.Stopped ? Exit ?? current.RotationExit : null,
            Notice = Notice ?? (Revised.Wanted == current.Wanted ? current.Notice : null),
            Machine = Revised.Machine,
            StartedAs = Started(current),
            AvailabilitySet = Revised.AvailabilitySet,
            Priority = Revised.Priority,
            DependsOn = Revised.DependsOn,
            Retries = Revised.Retries,
            Recovery = Revised.Recovery,
            Failback = Revised.Failback,
            Wanted = Revised.Wanted,
            Leaving = Revised.Leaving,

            // What could not be started was another machine: that may have been the cause.
            Failures = current.Seat is null && !MachineChange.AtNextStart(current.Machine, Revised.Machine).IsEmpty
                ? new FailedTries() : current.Failures,
            Seat = current.Seat is { } seat
                ? Wished(seat, Revised.Wanted) with
                {
                    Isolation = LeaseTerms.Default.Longer(
                        Wished(seat, Revised.Wanted).Isolation, Revised.Machine.Isolation),
                }
                : null,
        };
        return NodeLedger.Bump(With(ledger, next), current.Seat?.Node);
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => WithSeatNode(before);

    /// <summary>Kept only while it differs: a change that is taken back leaves nothing pending.</summary>
    private StartedAs? Started(Instance current)
    {
        if (current.Seat is not { } seat)
        {
            return null;
        }

        var started = current.StartedAs is { } noted && noted.IsOf(seat, StartedAt)
            ? noted
            : new StartedAs(seat.Generation, StartedAt, current.Machine);
        return MachineChange.AtNextStart(started.Machine, Revised.Machine).IsEmpty ? null : started;
    }
}

/// <summary>An instance is forgotten; its highest generation is kept.</summary>
public sealed record InstanceForgotten(InstanceName Name) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger) => ledger with
    {
        Retired = ledger.Retired.SetItem(Name, ledger.Instances[Name].Highest),
        Instances = ledger.Instances.Remove(Name),
    };

    public override IEnumerable<RecordKey> Touches(Ledger before) =>
        [.. base.Touches(before), new(RecordTable.Retired, Name.Value)];
}

/// <summary>A seat is given. Legal only when every earlier generation is proven dead.</summary>
public sealed record SeatTaken(InstanceName Name, NodeName Node, Reason Why, DateTimeOffset At) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        if (instance.Seat is not null || instance.Unproven.Length > 0)
        {
            throw new InvalidOperationException($"instance {Name} was given a seat while another may be alive");
        }

        if (ledger.Nodes[Node].Boot is null)
        {
            throw new InvalidOperationException($"instance {Name} was given a seat on {Node}, which was never heard");
        }

        var seat = new Seat(Node, instance.Highest.Next, Why, At, instance.Machine.Isolation);
        var seated = instance with
        {
            RotationExit = null,
            Notice = null,
            Seat = seat,
            Highest = seat.Generation,
            Move = null,
            Awaits = null,

            // What was waited for and stands is news of yesterday; what was given up is not waited for again.
            StartWait = instance.StartWait is { Ordered: true } or { GivenUp.IsEmpty: false }
                ? instance.StartWait : null,
            LastNode = Node,
            ReturnsTo = instance.ReturnsTo == Node ? null : instance.ReturnsTo,
        };
        return NodeLedger.Bump(With(ledger, seated), Node);
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) =>
        [.. base.Touches(before), new(RecordTable.Node, Node.Value)];
}

/// <summary>The seat is taken back: its generation may never run again, and its death is still to be proven.</summary>
public sealed record SeatWithdrawn(InstanceName Name, Epoch Epoch, Reason Why) : InstanceChange(Name)
{
    /// <summary>
    /// Its start failed, and the next try is the same start: what was given up is not waited for again.
    /// </summary>
    public bool TriedAgain { get; init; }

    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        var seat = instance.Seat
            ?? throw new InvalidOperationException($"instance {Name} has no seat to be taken back");
        var node = ledger.Nodes[seat.Node];
        var raised = node with
        {
            Floors = node.Floors.SetItem(Name, seat.Generation),
            GoalRevision = node.GoalRevision + 1,
        };
        var withdrawn = Draft(instance, seat, node, Epoch, Why);
        var without = instance with
        {
            Seat = null, Unproven = instance.Unproven.Add(withdrawn), RotationExit = null, Notice = null,
            StartWait = TriedAgain ? instance.StartWait : null,
        };
        return With(ledger, without) with
        {
            Nodes = ledger.Nodes.SetItem(raised.Name, raised),
        };
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => WithSeatNode(before);

    /// <summary>What taking back a seat would leave to be proven.</summary>
    public static WithdrawnSeat Draft(Instance instance, Seat seat, NodeRecord node, Epoch epoch, Reason why)
    {
        var boot = node.Boot
            ?? throw new InvalidOperationException($"{instance.Name} sits on {seat.Node}, which was never heard");
        return new WithdrawnSeat(seat.Node, seat.Generation, boot, epoch, node.GoalRevision + 1, seat.Isolation, why)
        {
            Datastores = seat.Adopted ? [] : instance.Datastores,
        };
    }
}

/// <summary>A withdrawn seat is proven dead. Only fencing can make the proof.</summary>
public sealed record SeatProvenDead(InstanceName Name, ProofOfDeath Proof) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        return With(ledger, instance with { Unproven = instance.Unproven.RemoveAll(Proof.Covers) });
    }
}

/// <summary>A person wants it started, stopped, restarted in place, or left alone.</summary>
public sealed record InstanceOrdered(InstanceName Name, WantedState Wanted, bool Restart) : InstanceChange(Name)
{
    /// <summary>For a stop: the guest's time to shut down; null: the usual.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>It leaves rotation before it stops; null: it is in none, or does not stop.</summary>
    public RotationExit? Exit { get; init; }

    /// <summary>Its guest is told before it stops; null: it does not ask, or does not stop.</summary>
    public NoticeNote? Notice { get; init; }

    /// <summary>A person wants it started whatever it depends on; null: it waits as any other.</summary>
    public StartWait? Start { get; init; }

    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        var next = instance with
        {
            RotationExit = Exit,
            Notice = Notice,
            Wanted = Wanted,
            StopGrace = Grace,
            Seat = instance.Seat is { } seat ? Wished(seat, Wanted) : null,
            Move = Wanted == WantedState.Unmanaged ? null : instance.Move,
            RestartOrder = instance.RestartOrder + (Restart && !instance.RestartWaits ? 1 : 0),
            Awaits = null,
            StartWait = Start,
            Failures = new FailedTries(),
        };
        return NodeLedger.Bump(With(ledger, next), instance.Seat?.Node);
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => WithSeatNode(before);
}

/// <summary>A start or run went wrong beyond what the host may repair; the next try is due later.</summary>
public sealed record TryFailed(InstanceName Name, FailedTries Failures) : InstanceChange(Name)
{
    /// <summary>When it was given up on its node, UTC; null: only the tries to come change.</summary>
    public DateTimeOffset? At { get; init; }

    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        var next = With(ledger, instance with
        {
            Failures = Failures,
            FailedStart = At is { } at && Failures.LastNode is { } node
                ? new FailedStart(node, at) : instance.FailedStart,
        });
        return Watchers(instance).Aggregate(next, (known, watcher) => NodeLedger.Bump(known, watcher));
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) =>
    [
        .. base.Touches(before),
        .. Watchers(before.Instances[Name]).Where(before.Nodes.ContainsKey)
            .Select(node => new RecordKey(RecordTable.Node, node.Value)),
    ];

    /// <summary>Nodes whose goal names other locks to watch than before.</summary>
    private IEnumerable<NodeName> Watchers(Instance before) => before.Failures.Refusal == Failures.Refusal
        ? []
        : new[] { before.Failures.Refusal?.Node, Failures.Refusal?.Node }.OfType<NodeName>().Distinct();
}

/// <summary>
/// It is ready again: waits and nodes that could not start it are forgotten, and it leaves its incident.
/// </summary>
public sealed record InstanceSettled(InstanceName Name) : InstanceChange(Name)
{
    /// <summary>It has been ready for too short a time: the next try elsewhere waits as if it were not.</summary>
    public bool KeepsFailures { get; init; }

    public override Ledger Apply(Ledger ledger) =>
        With(ledger, ledger.Instances[Name] with
        {
            Failures = KeepsFailures
                ? ledger.Instances[Name].Failures with
                {
                    Tried = [], GivenUp = null, Rounds = 0, Refusal = null,
                }
                : new FailedTries(),
            StartWait = null,
            Incident = null,
        });
}

/// <summary>It recovers as part of an incident.</summary>
public sealed record InstanceInIncident(InstanceName Name, string Incident) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger) =>
        With(ledger, ledger.Instances[Name] with { Incident = Incident });
}
