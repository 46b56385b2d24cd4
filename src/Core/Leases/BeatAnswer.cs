using System.Collections.Immutable;
using Havm.Core.Busyness;
using Havm.Core.Notices;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Leases;

/// <summary>
/// What a beat is answered with. Made from the committed picture alone, so that no goal ever runs ahead of the store.
/// </summary>
/// <param name="Lease">Whether the answer renews the node's lease.</param>
/// <param name="Goal">The node's whole goal; null: whoever beat holds it, or may have none.</param>
/// <param name="ReportVersion">The report held, so that the agent need not send it again.</param>
/// <param name="Refused">Why the beat counts for nothing; null when it counts.</param>
public sealed record BeatAnswer(bool Lease, Goal? Goal, long ReportVersion, string? Refused)
{
    /// <summary>
    /// The departure that the beat announced is on record: the node may go. Only with <see cref="Lease"/>.
    /// </summary>
    public bool Departs { get; init; }

    /// <summary>
    /// The newest event on record. Nodes remember it, so that a state which lacks it is seen to be older whichever of
    /// them speaks first.
    /// </summary>
    public long Event { get; init; }

    /// <summary>The long lease that is granted or ended; only with <see cref="Lease"/>.</summary>
    public LongLeaseWord? LongLease { get; init; }

    /// <summary>The isolation addresses of the Policy; only with <see cref="Lease"/>.</summary>
    public ImmutableArray<string>? IsolationAddresses { get; init; }

    /// <param name="now">When it is made, not later than it is handed to the network.</param>
    public static BeatAnswer To(Cluster committed, Beat beat, Instant now)
    {
        if (committed.Office.Overruled is { } overruled)
        {
            return new BeatAnswer(false, null, 0, overruled.Message);
        }

        if (!committed.Office.Leads(now))
        {
            // Another may be about to take office: a lease that is granted now would not be known to it.
            return new BeatAnswer(false, null, 0, null);
        }

        if (!committed.Ledger.Nodes.TryGetValue(beat.Node, out var node))
        {
            return new BeatAnswer(false, null, 0,
                $"node {beat.Node} does not belong to cluster {committed.Ledger.ClusterName}: "
                    + "apply its Node object first");
        }

        if (node.IsOver(beat.Boot))
        {
            return new BeatAnswer(false, GoalOfTheDead(committed, node), 0, null);
        }

        if (node.Boot != beat.Boot)
        {
            // A new boot that is not on record yet, or another machine under this name: answered once it is on record.
            return new BeatAnswer(false, null, 0, null);
        }

        var heard = committed.HeardOf(beat.Node);
        var version = beat is AgentBeatHeard agent && heard.ReportLife == agent.Life ? heard.Report?.Version ?? 0 : 0;
        var lease = beat is WardenBeatHeard;
        return new BeatAnswer(lease, NeedsGoal() ? GoalOf(committed, node) : null, version, null)
        {
            Departs = beat is WardenBeatHeard { DepartureReboots: { } reboots } && node.Departure?.Reboot == reboots,
            Event = lease ? committed.Ledger.Counters.Event : 0,
            LongLease = lease ? LongLeaseRule.Word(committed, now) : null,
            IsolationAddresses = lease ? committed.Policy.Liveness.IsolationAddresses : null,
        };

        // A node that has not told yet what it runs may run what an adopted state does not know: a goal would end it.
        bool NeedsGoal() => !node.Unaccounted
            && beat.Holds != new GoalVersion(committed.Office.Epoch, node.GoalRevision);
    }

    /// <summary>The committed goal of a node.</summary>
    public static Goal GoalOf(Cluster committed, NodeRecord node) => new()
    {
        Epoch = committed.Office.Epoch,
        Revision = node.GoalRevision,
        Seats =
        [
            .. committed.Ledger.Instances.Touching(node.Name)
                .Where(i => i.Seat?.Node == node.Name)
                .Select(i => new SeatGoal
                {
                    Machine = i.Wanted == WantedState.Unmanaged
                        ? i.Machine with { Isolation = IsolationPolicy.LeaveRunning }
                        : i.Machine,
                    Generation = i.Seat!.Generation,
                    Wanted = i.WantedThere,
                    Priority = i.Priority,
                    RestartOrder = i.RestartOrderThere,
                    RoleRestarts = i.RoleRestarts,
                    EndpointTrouble = i.Endpoint?.Check,
                    Busy = BusyRule.WordOf(i, committed.Wall),
                    Notice = NoticeRule.WordOf(i, committed.Wall),
                    Grace = GraceOf(i),
                }),
        ],
        Floors = [.. node.Floors.Select(f => new GenerationFloor(f.Key, f.Value))],
        Locks =
        [
            .. committed.Ledger.Instances.LockedOut
                .Where(i => i.Failures.Refusal!.Node == node.Name)
                .Take(LockWatch.AtOnce)
                .Select(i => new LockWatch(i.Name, i.Failures.Refusal!.Generation, i.Machine.Disks)),
        ],
        Diagnosis = node.Diagnosis is { Outcome: DiagnosisOutcome.Running } asked && asked.Boot == node.Boot
            ? new DiagnosisOrder(asked.Id, asked.Limit)
            : null,
        Automation = committed.Ledger.Disarm?.Word,
    };

    /// <summary>A guest that does not reach its disks can write nothing by which it would end in good order.</summary>
    private static TimeSpan GraceOf(Instance instance) => instance.Move is { Cause: MoveCause.Storage }
        ? TimeSpan.Zero
        : instance.StopGrace ?? SeatGoal.UsualGrace;

    /// <summary>
    /// A boot that was proven dead holds nothing: its first answer ends every generation it may still run.
    /// </summary>
    private static Goal GoalOfTheDead(Cluster committed, NodeRecord node)
    {
        var floors = committed.Ledger.Instances.Values.ToImmutableSortedDictionary(i => i.Name, i => i.Highest);
        return new Goal
        {
            Epoch = committed.Office.Epoch,
            Revision = node.GoalRevision,
            Seats = [],
            Floors =
            [
                .. floors.SetItems(node.Floors.Where(f => !floors.ContainsKey(f.Key)))
                    .Select(f => new GenerationFloor(f.Key, f.Value)),
            ],
            Automation = committed.Ledger.Disarm?.Word,
        };
    }
}
