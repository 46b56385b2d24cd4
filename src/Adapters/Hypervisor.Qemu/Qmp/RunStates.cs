namespace Havm.Hypervisor.Qemu.Qmp;

/// <summary>The run states of QEMU that mean something to us.</summary>
internal static class RunStates
{
    public const string Running = "running";

    /// <summary>Started with -S, or reset after a panic: never released since.</summary>
    public const string Prelaunch = "prelaunch";

    public const string Paused = "paused";

    public const string Panicked = "guest-panicked";

    public const string IoError = "io-error";

    public const string Watchdog = "watchdog";

    public const string Shutdown = "shutdown";
}
