using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.States;

/// <summary>The states of what leaves where it is: a move, a node that is emptied, a member out of rotation.</summary>
public static class MoveStates
{
    private const string Off = "`havm vm stop` ends the move";

    public static ImmutableArray<(string State, StateRow Row)> Moves { get; } =
    [
        ("leavesRotation", new(
            "the longest `drain` of its balancers", "RotationDecider", "it is shut down where it sits", Off)),
        ("stopsWhereItSits", new(
            "30 s of grace", "MoveDecider", "its seat is taken back", Off)),
        ("waitsForProof", new(
            "that of the proof: its node's report, two readings Off, or T of its lease; else none: `havm vm explain` "
                + "says what is missing",
            "FencingDecider", "it is given its seat in the round of the proof", "`havm node confirm-dead`")),
        ("startsThere", new(
            "the same round: room is kept for it; else none: it waits for another node that can take it, as any "
                + "instance",
            "PlacementDecider", "it runs there, or is recovered elsewhere", Off)),
    ];

    public static ImmutableArray<(string State, StateRow Row)> Drains { get; } =
    [
        ("emptying", new(
            "none: `maintenance.movesAtOnce` leave at a time, what no other node can take stays, and `havm node show` "
                + "says what keeps it",
            "DrainDecider", "it is safe to power off", "`havm node undrain`")),
        ("empty", new(
            "none: a person works on it, and `havm node show` says that it is safe to power off", "an operator",
            "it takes seats again, and what left comes home by policy", "`havm node undrain`")),
        ("departing", new(
            "when nothing that can move is left on it, or the node goes without waiting", "DrainDecider",
            "its departure is on record and it may go; its next boot ends it",
            "call the shutdown off on the machine; `havm node show`")),
    ];

    public static ImmutableArray<(string State, StateRow Row)> Notices { get; } =
    [
        ("told", new(
            "`maintenance.notice`, or when its guest approves, no longer asks or does not run", "NoticeDecider",
            "it is stopped, restarted or moved as planned", "`havm vm start` takes a stop back; " + Off)),
    ];

    public static ImmutableArray<(string State, StateRow Row)> Exits { get; } =
    [
        ("leaving", new(
            "the longest `drain` of its balancers, or when the last connection ends", "RotationDecider",
            "it is stopped, restarted or moved as planned", "`havm vm start` takes a stop back")),
    ];

    public static StateRow Of(EndpointRung rung) => rung switch
    {
        EndpointRung.Told => new(
            "the balancer's `limit`; none without one: it is out of rotation, and an incident shows it",
            "EndpointLadder", "its role is restarted, or its machine where it has no role", "`havm vm restart`"),
        EndpointRung.RoleRestarted => new(
            "the balancer's `limit`", "EndpointLadder", "its machine is shut down and started again",
            "`havm vm restart`"),
        EndpointRung.Reset => new(
            "the balancer's `limit`", "EndpointLadder", "it moves, where another node can take it", "`havm vm move`"),
        EndpointRung.Moved => new(
            "none: nothing more can be done by machine, and an incident shows it", "an operator",
            "it answers again, or is mended by hand", "`havm vm restart`, `havm vm move`"),
    };
}
