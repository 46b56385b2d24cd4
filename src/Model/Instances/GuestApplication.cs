using System.Collections.Immutable;

namespace Havm.Model;

/// <summary>The program a guest agent supervises, and how its health is probed.</summary>
public sealed record GuestApplication
{
    /// <summary>Program and arguments, as seen inside the guest; empty when only the guest itself is watched.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    public ProbeSpec Probe { get; init; } = new();

    /// <summary>In what an earlier version wrote it is missing: as usual then.</summary>
    public RoleRestart Restart { get; init => field = value ?? new RoleRestart(); } = new();
}

/// <summary>How the guest agent starts a program again that ended, or that its probe found ill.</summary>
public sealed record RoleRestart
{
    private static readonly ImmutableArray<TimeSpan> Usual =
        [.. new[] { 0.0, 1, 2, 5, 10 }.Select(TimeSpan.FromSeconds)];

    /// <summary>
    /// Waits before the first, second, ... restart in a row, 1 to 16 of them; the last one repeats. Each 0 to 1 h.
    /// </summary>
    public ImmutableArray<TimeSpan> Backoff
    {
        get;
        init => field = value.IsDefault ? Usual : value;
    } = Usual;

    /// <summary>
    /// After so many restarts in a row the guest agent gives it up and its host starts the machine anew; 0 to 1000,
    /// 0: never.
    /// </summary>
    public int Limit { get; init; } = 5;

    /// <summary>A program that has been ready for this long starts the count over; 1 s to 1 h.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>How readiness and health of an application are asked for.</summary>
public sealed record ProbeSpec
{
    private static readonly TimeSpan UsualStart = TimeSpan.FromSeconds(60);

    public ProbeKind Kind { get; init; } = ProbeKind.None;

    /// <summary>TCP port, 1 to 65535; for http and tcp.</summary>
    public int Port { get; init; }

    /// <summary>Absolute path of an http probe.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Program and arguments of a command probe; exit code 0 is healthy.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>Time between probes; 1 s to 1 h.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time one probe may take; at most the period.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A program that has not passed once within it is restarted; 1 s to 1 h.</summary>
    public TimeSpan StartTimeout { get; init => field = value == default ? UsualStart : value; } = UsualStart;

    /// <summary>Misses in a row that make the application unhealthy; 1 to 100.</summary>
    public int Misses { get; init; } = 3;
}

public enum ProbeKind
{
    None,
    Http,
    Tcp,
    Command,
}
