using System.Collections.Immutable;

namespace Havm.Model;

/// <summary>The program a guest agent supervises, and how its health is probed.</summary>
public sealed record GuestApplication
{
    /// <summary>Program and arguments, as seen inside the guest; empty when only the guest itself is watched.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    public ProbeSpec Probe { get; init; } = new();
}

/// <summary>How readiness and health of an application are asked for.</summary>
public sealed record ProbeSpec
{
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
