namespace Havm.Wire.Guest;

/// <summary>The supervised role as the guest agent sees it.</summary>
/// <param name="Ready">True while the role runs and has not used up its probe's misses.</param>
/// <param name="Restarts">Restarts in this boot, all of them.</param>
/// <param name="ExitCode">The last end's exit code (128 + signal for a killed one); null before the first end.</param>
public sealed record RoleReport(string Name, RoleState State, bool Ready, int Restarts, int? ExitCode = null);

/// <summary>What the role is doing.</summary>
public enum RoleState
{
    /// <summary>The process runs and has not passed its first probe.</summary>
    Starting,

    /// <summary>The process runs and passed its first probe.</summary>
    Running,

    /// <summary>The process used up its probe's misses; it was told to end, and is started again.</summary>
    Unhealthy,

    /// <summary>The process was told to end and has not ended yet.</summary>
    Stopping,

    /// <summary>The process ended and waits for its restart.</summary>
    BackOff,

    /// <summary>The restart limit is used up; only the host can help.</summary>
    Failed,

    /// <summary>Ended by order; it is not started again.</summary>
    Stopped,
}
