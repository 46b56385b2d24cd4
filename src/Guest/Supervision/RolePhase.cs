namespace Havm.Guest.Supervision;

/// <summary>Where the supervised process stands.</summary>
public enum RolePhase
{
    /// <summary>There is no role.</summary>
    Idle,

    /// <summary>The process runs and has not passed its first probe.</summary>
    Starting,

    /// <summary>The process runs and passed its first probe.</summary>
    Ready,

    /// <summary>The process was ill and is ending; a restart follows by the restart rule.</summary>
    Restarting,

    /// <summary>The process is ending because another command takes its place at once.</summary>
    Replacing,

    /// <summary>The process is ending by order; nothing follows.</summary>
    Ending,

    /// <summary>The process ended; its restart waits for its time.</summary>
    BackOff,

    /// <summary>The restart limit is used up; the process stays down until the host acts.</summary>
    Failed,

    /// <summary>The process ended by order.</summary>
    Ended,
}

/// <summary>What can happen to the supervised process.</summary>
public enum RoleEvent
{
    /// <summary>A command is to run, in place of whatever ran before.</summary>
    Start,

    /// <summary>The process is to end for good.</summary>
    End,

    /// <summary>The process ended, or could not be started.</summary>
    Exited,

    /// <summary>A probe passed.</summary>
    Passed,

    /// <summary>The probe's misses, or the time to start, are used up.</summary>
    Unhealthy,

    /// <summary>The time the status waits for has come.</summary>
    Due,
}

/// <summary>What the runner must do to the process after a step.</summary>
public enum RoleAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Start the command.</summary>
    Spawn,

    /// <summary>Ask the process group to end.</summary>
    Terminate,

    /// <summary>Kill the process group.</summary>
    Kill,
}
