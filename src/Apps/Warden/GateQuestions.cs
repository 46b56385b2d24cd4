using System.Text.Json;
using Havm.Core.Host.SelfFence;
using Havm.Model;
using Havm.Wire.Node;

namespace Havm.Warden;

/// <summary>Between the gate's lines and the machine's words.</summary>
public static class GateQuestions
{
    /// <summary>
    /// Throws JsonException when it is no legal question; names become file names, so they are checked here.
    /// </summary>
    public static WardenInput.Asked Read(long number, GateRequest? request) => request switch
    {
        null => throw new JsonException("a question is an object, not null"),
        { Verb: GateVerb.Status } => new WardenInput.StatusAsked(number),
        { Verb: GateVerb.Permit } => new WardenInput.PermitAsked(
            number, Name(request.Instance), request.Generation, request.Isolation, request.WardenSocket),
        { Verb: GateVerb.Release } => new WardenInput.SwitchAsked(
            number, Name(request.Instance), request.Generation, SwitchVerb.Release),
        { Verb: GateVerb.Reset } => new WardenInput.SwitchAsked(
            number, Name(request.Instance), request.Generation, SwitchVerb.Reset),
        { Verb: GateVerb.End } => new WardenInput.EndAsked(number, Name(request.Instance), request.Generation),
        { Verb: GateVerb.Floors } => new WardenInput.FloorsAsked(
            number,
            [
                .. (request.Floors.IsDefault ? [] : request.Floors)
                    .Select(floor => floor with { Instance = Name(floor.Instance) }),
            ],
            [
                .. (request.Policies.IsDefault ? [] : request.Policies)
                    .Select(policy => new PolicyChange(Name(policy.Instance), policy.Generation, policy.Isolation)),
            ],
            request.Automation),
        { Verb: GateVerb.Depart } => new WardenInput.DepartAsked(number, request.Departure),
        _ => throw new JsonException($"there is no verb {request.Verb}"),
    };

    /// <param name="cgroup">The directory a granted permit names.</param>
    public static GateAnswer Write(GateReply reply, string? cgroup) => new()
    {
        Granted = reply.Granted,
        Reason = reply.Reason,
        Cgroup = cgroup,
        LeaseAge = reply.LeaseAge,
        Seats =
        [
            .. reply.Seats.Select(seat =>
                new GateSeat(seat.Instance, seat.Generation, StateOf(seat.Phase), seat.ByLease)),
        ],
    };

    private static GateSeatState StateOf(SeatPhase phase) => phase switch
    {
        SeatPhase.Permitted => GateSeatState.Permitted,
        SeatPhase.Running => GateSeatState.Running,
        SeatPhase.Pausing or SeatPhase.Paused or SeatPhase.Resuming => GateSeatState.Paused,
        SeatPhase.Stopping or SeatPhase.Ending => GateSeatState.Stopping,
        SeatPhase.Ended => GateSeatState.Ended,
    };

    private static InstanceName Name(InstanceName? name) => name is { } given && NameRules.IsLegal(given.Value)
        ? given : throw new JsonException($"'{name}' is no legal instance name");
}
