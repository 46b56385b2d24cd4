using System.Collections.Immutable;
using Havm.Core.Lifecycle;
using Havm.Model;

namespace Havm.Core.States;

/// <summary>The states of an instance, of its moves, and of its wait for a node.</summary>
public static class InstanceStates
{
    public static StateRow Of(InstancePhase phase) => phase switch
    {
        InstancePhase.Waiting => new(
            "the next try (0 s to 5 min), or `recovery.rebootWait` for its node; else none: no node can take it, and "
                + "`havm vm explain` says which filter refuses each",
            "PlacementDecider", "it is given a seat as soon as a node can take it", "`havm vm start`"),
        InstancePhase.WaitingForDependency => new(
            "the longest `timeout` of what it depends on (600 s), counted anew by a new leader and when automation is "
                + "on again",
            "DependencyDecider", "it is given a seat once all of that stands, or its time is over", "`havm vm start`"),
        InstancePhase.WaitingForProof => new(
            "that of the proof: its node's report, two readings Off, or T of its lease; else none: "
                + "`havm vm explain` says what is missing",
            "FencingDecider", "it is given a seat in the round of the proof", "`havm node confirm-dead`"),
        InstancePhase.Starting => new(
            "the host's own start limit and its tries", "the host, then HealingDecider",
            "it runs, or is handed back", "`havm vm restart`, `havm vm stop`"),
        InstancePhase.Running => new(
            "`healing.hangWait` of silence where it is watched", "the host", "its guest says that it is ready",
            "`havm vm restart`"),
        InstancePhase.Ready => StateRow.Rest("`havm vm stop`, `havm vm move`"),
        InstancePhase.Paused => new(
            "K of its lease where that paused it; else none: an I/O error or a person holds it", "the warden",
            "it goes on under a fresh lease, or is ended", "`havm vm restart`"),
        InstancePhase.Stopping => new(
            "the grace of the order (30 s)", "the host", "it is ended by force, and proven gone",
            "`havm vm stop --grace`"),
        InstancePhase.Moving => new(
            "30 s of grace where it leaves", "MoveDecider", "its seat is taken back, and given where it goes",
            "`havm vm stop` ends the move"),
        InstancePhase.Stopped => StateRow.Rest("`havm vm start`"),
        InstancePhase.Down => new(
            "that of its node's phase", "RecoveryDecider", "it keeps its seat or is freed by a proof",
            "`havm node confirm-dead`"),
        InstancePhase.HandedBack => new(
            "the same round, once its node says that nothing of it runs", "HealingDecider",
            "its seat is taken back, and another try is due", "`havm vm start`"),
        InstancePhase.Failed => new(
            "`retries.again` (5 min), unless that says never", "RetryDecider",
            "tried on a node that could not take it before, then on all", "`havm vm start`"),
        InstancePhase.Unmanaged => new(
            "none: people have it in their hands", "an operator", "it is taken back",
            "`havm vm start`, `havm vm stop`"),
    };

    public static ImmutableArray<(string State, StateRow Row)> Awaits { get; } =
    [
        ("waiting", new(
            "`recovery.rebootWait` (15 min)", "RebootDecider",
            "it starts on its node when that is back, or else elsewhere", "`havm vm start`")),
    ];

    public static ImmutableArray<(string State, StateRow Row)> Locks { get; } =
    [
        ("held", new(
            "its next try by the clock (0 s to 5 min), or `retries.again`; none where that says never: its node "
                + "watches the lock",
            "RetryDecider", "it is tried at once when the lock is free and every node has looked through itself",
            "`havm vm start`")),
    ];

    public static ImmutableArray<(string State, StateRow Row)> Marks { get; } =
    [
        ("busy", new(
            "its length, at most 24 h", "BusyDecider", "its silence is judged again", "`havm vm busy --over`")),
    ];
}
