namespace Havm.Wire.Guest;

/// <summary>The one process that the guest agent supervises.</summary>
/// <param name="Name">The role's name, for reports.</param>
/// <param name="Command">Program and arguments; the program is looked for in PATH unless it is a path.</param>
/// <param name="Environment">
/// Added to the agent's own; the agent itself adds HAVM_INSTANCE and HAVM_GENERATION.
/// </param>
/// <param name="Probe">How to see that the role works; null trusts the process being alive.</param>
/// <param name="Restart">What to do when it ends; null means <see cref="RestartSpec.Default"/>.</param>
public sealed record RoleSpec(
    string Name,
    IReadOnlyList<string> Command,
    IReadOnlyDictionary<string, string>? Environment = null,
    ProbeSpec? Probe = null,
    RestartSpec? Restart = null);

/// <summary>A check made inside the guest, on the guest's own loopback address.</summary>
/// <param name="Port">For http and tcp, 1 to 65535.</param>
/// <param name="Path">For http; answers 200 to 399 pass.</param>
/// <param name="Command">For command; exit code 0 passes.</param>
/// <param name="Period">Time between two checks of a ready role; default 15 s.</param>
/// <param name="Timeout">A check without an answer for this long is a miss; default 5 s.</param>
/// <param name="Misses">So many misses in a row and the role is restarted; default 3.</param>
/// <param name="StartTimeout">A started role that has not passed once within it is restarted; default 60 s.</param>
public sealed record ProbeSpec(
    ProbeKind Kind,
    int? Port = null,
    string? Path = null,
    IReadOnlyList<string>? Command = null,
    TimeSpan? Period = null,
    TimeSpan? Timeout = null,
    int? Misses = null,
    TimeSpan? StartTimeout = null);

/// <summary>How a role is checked.</summary>
public enum ProbeKind
{
    /// <summary>Not at all: started is ready.</summary>
    None,

    /// <summary>GET of a path on a port.</summary>
    Http,

    /// <summary>A connection to a port is accepted.</summary>
    Tcp,

    /// <summary>A command ends with exit code 0.</summary>
    Command,
}

/// <summary>How a role that ended is started again.</summary>
/// <param name="Backoff">Waits before the first, second, ... restart in a row; the last one repeats.</param>
/// <param name="Limit">After so many restarts in a row the role is failed and left to the host; 0: never.</param>
/// <param name="StableAfter">A role ready for this long starts the count over; default 60 s.</param>
public sealed record RestartSpec(IReadOnlyList<TimeSpan> Backoff, int Limit, TimeSpan? StableAfter = null)
{
    /// <summary>At once, then 1, 2, 5, 10 s; failed after 5 restarts in a row.</summary>
    public static RestartSpec Default { get; } = new([.. new[] { 0.0, 1, 2, 5, 10 }.Select(TimeSpan.FromSeconds)], 5);
}
