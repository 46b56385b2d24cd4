using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Havm.Model;

namespace Havm.Wire.Node;

/// <summary>What the agent asks of the warden over its unix socket; one JSON line, one answer.</summary>
public sealed record GateRequest
{
    public required GateVerb Verb { get; init; }

    /// <summary>The instance it is about; null for status, floors and departure.</summary>
    public InstanceName? Instance { get; init; }

    public Generation Generation { get; init; }

    /// <summary>
    /// For permit: what the lease's end does to the instance, and where its QMP socket for the warden will be.
    /// </summary>
    public IsolationPolicy Isolation { get; init; }

    public string? WardenSocket { get; init; }

    /// <summary>For floors: the withdrawn generations the warden must never permit again.</summary>
    public ImmutableArray<GenerationFloor> Floors { get; init; } = [];

    /// <summary>
    /// For floors: what the lease's end shall do to the seats that are here, where a goal changed it.
    /// </summary>
    public ImmutableArray<SeatPolicy> Policies { get; init; } = [];

    /// <summary>For floors: the goal's word on automation; null: it has none.</summary>
    public Automation? Automation { get; init; }

    /// <summary>For departure: an orderly shutdown or reboot that begins now; null takes it back.</summary>
    public DepartureNotice? Departure { get; init; }
}

public enum GateVerb
{
    /// <summary>The agent lives; answered with the state of the lease.</summary>
    Status,

    /// <summary>May a process be made for this seat? Makes the cgroup and answers its path.</summary>
    Permit,

    /// <summary>Check the lease and let the vCPUs run (`cont`), by the warden's own QMP connection.</summary>
    Release,

    /// <summary>Check the lease and reset in place (`system_reset`, then `cont`).</summary>
    Reset,

    /// <summary>Kill what is in the instance's cgroup and verify that it is empty.</summary>
    End,

    /// <summary>Raise floors, change policies, take the word on automation; durable before the answer.</summary>
    Floors,

    /// <summary>
    /// Announce a departure, or take it back, with a beat sent at once; answered when a controller lets the node go.
    /// </summary>
    Depart,
}

/// <summary>The warden's answer.</summary>
public sealed record GateAnswer
{
    public required bool Granted { get; init; }

    /// <summary>Why not, or what was done.</summary>
    public Reason? Reason { get; init; }

    /// <summary>Directory of the instance's cgroup (permit).</summary>
    public string? Cgroup { get; init; }

    /// <summary>Age of the lease; null without one.</summary>
    public TimeSpan? LeaseAge { get; init; }

    /// <summary>Every seat the warden knows (status), or the one asked for (release, reset, end).</summary>
    public ImmutableArray<GateSeat> Seats { get; init; } = [];
}

/// <summary>What the lease's end does to one seat.</summary>
public sealed record SeatPolicy(InstanceName Instance, Generation Generation, IsolationPolicy Isolation);

/// <summary>One seat as the warden sees it.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="ByLease">True when it was the lease's end that paused, stopped or ended it.</param>
public sealed record GateSeat(InstanceName Instance, Generation Generation, GateSeatState State, bool ByLease);

public enum GateSeatState
{
    /// <summary>A process may be made; its vCPUs were never let run.</summary>
    Permitted,

    /// <summary>The warden has let its vCPUs run.</summary>
    Running,

    /// <summary>The warden holds its vCPUs until the lease is fresh again.</summary>
    Paused,

    /// <summary>The warden asked the guest to shut down, or is killing it.</summary>
    Stopping,

    /// <summary>Nothing is left of it; a new permit is needed.</summary>
    Ended,
}

/// <summary>Source-generated JSON of the gate.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GateRequest))]
[JsonSerializable(typeof(GateAnswer))]
public sealed partial class GateJson : JsonSerializerContext;
