using System.Collections.Immutable;
using Havm.Core.Host.Goals;
using Havm.Core.Host.SelfFence;
using Havm.Core.Leaders;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.States;

/// <summary>One way that something goes, state by state.</summary>
/// <param name="Title">What goes it, for people.</param>
/// <param name="Of">The enum of its states; or the record that is kept while it is on that way.</param>
/// <param name="Rows">What can be relied on about each state.</param>
public sealed record StateTable(string Title, Type Of, ImmutableArray<(string State, StateRow Row)> Rows)
{
    /// <summary>All of the controller's and the host's, in the order of the reference.</summary>
    public static ImmutableArray<StateTable> All { get; } =
    [
        For<MachineStep>("A machine on its host, by its agent", HostStates.Of),
        For<SeatPhase>("A seat at the warden, by the warden", HostStates.Of),
        For<NodePhase>("A node, as the cluster sees it", NodeStates.Of),
        For<NodeFitness>("A node's fitness", NodeStates.Of),
        For<DiagnosisOutcome>("A node's diagnosis", NodeStates.Of),
        For<RiskLevel>("A node's risk", NodeStates.Of),
        new("An order to fence a node", typeof(FenceOrder), FenceStates.Orders),
        new("The power of a dead node", typeof(PowerOnNote), [.. NodeStates.PowerOn]),
        For<StorageCutState>("Storage that refuses a node", NodeStates.Of),
        new("A node that is emptied", typeof(DrainNote), MoveStates.Drains),
        For<InstancePhase>("An instance", InstanceStates.Of),
        new("A move", typeof(MoveNote), MoveStates.Moves),
        new("A guest that is told ahead", typeof(NoticeNote), MoveStates.Notices),
        new("An instance that leaves rotation", typeof(RotationExit), MoveStates.Exits),
        For<EndpointRung>("An endpoint that does not answer", MoveStates.Of),
        new("An instance that waits for its node", typeof(AwaitNote), InstanceStates.Awaits),
        new("A start that a lock refused", typeof(LockRefusal), InstanceStates.Locks),
        new("An instance that somebody works on", typeof(BusyMark), InstanceStates.Marks),
        For<CandidacyPhase>("A controller replica and the office", AutomationStates.Of),
        For<DisarmState>("Automation that is off", AutomationStates.Of),
        For<LongLeaseState>("A long lease", AutomationStates.Of),
    ];

    /// <summary>Of an enum, which has a row for each of its values.</summary>
    public static StateTable For<T>(string title, Func<T, StateRow> of) where T : struct, Enum =>
        new(title, typeof(T), [.. Enum.GetValues<T>().Select(state => (Word.Of(state), of(state)))]);
}
