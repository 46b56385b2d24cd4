using Havm.Hypervisor.Qemu.Qmp;
using Havm.Model;

namespace Havm.Hypervisor.Qemu.Machine;

/// <summary>
/// Turns monitor events and found run states into signs. Firmware resets the machine many times more after a
/// reset (up to 21 RESETs were counted), so that RESETs close to each other are one. Not safe for two threads at once.
/// </summary>
internal sealed class EventTranslator
{
    private static readonly TimeSpan SameReset = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The kernel's words for a file that is open and gone (ESTALE, ENOTCONN, ESHUTDOWN, and ECONNABORTED for what was
    /// under way as it went), as QEMU tells them.
    /// </summary>
    private static readonly string[] DeadHandles =
    [
        "Stale file handle", "Transport endpoint is not connected", "Cannot send after transport endpoint shutdown",
        "Software caused connection abort",
    ];

    /// <summary>A quota that is used up (EDQUOT); QEMU itself speaks of a full disk alone (ENOSPC).</summary>
    private const string QuotaExceeded = "Disk quota exceeded";

    private TimeSpan? _lastReset;

    /// <summary>How QEMU said it would end; empty before it did.</summary>
    public string Farewell { get; private set; } = "";

    /// <summary>
    /// The sign of one event at <paramref name="now"/> (any monotonic clock); null when it means nothing to us.
    /// </summary>
    public MachineSign? Take(QmpEvent happened, TimeSpan now) => happened.Name switch
    {
        "RESUME" => new MachineSign(MachineSignKind.Running),
        "STOP" => new MachineSign(MachineSignKind.Held),
        "GUEST_PANICKED" => new MachineSign(MachineSignKind.Panic),
        "WATCHDOG" => new MachineSign(MachineSignKind.Watchdog, happened.Text("action")),
        "BLOCK_IO_ERROR" => TakeIoError(happened),
        "SHUTDOWN" => TakeShutdown(happened),
        "RESET" => TakeReset(happened, now),
        _ => null,
    };

    /// <summary>The signs that tell a machine's state to whoever has just taken it up.</summary>
    public static IEnumerable<MachineSign> Found(string status)
    {
        if (status == RunStates.Running)
        {
            return [new MachineSign(MachineSignKind.Running, "found running")];
        }

        MachineSignKind? cause = status switch
        {
            RunStates.Panicked => MachineSignKind.Panic,
            RunStates.IoError => MachineSignKind.IoError,
            RunStates.Watchdog => MachineSignKind.Watchdog,
            RunStates.Shutdown => MachineSignKind.GuestShutdown,
            _ => null,
        };
        var held = new MachineSign(MachineSignKind.Held, $"found {status}");
        return cause is { } kind ? [new MachineSign(kind, $"found {status}"), held] : [held];
    }

    private static MachineSign? TakeIoError(QmpEvent happened)
    {
        if (happened.Text("action") != "stop")
        {
            return null;
        }

        string reason = happened.Text("reason");
        var (kind, cause) = happened.Flag("nospace") || reason == QuotaExceeded
            ? (MachineSignKind.NoSpace, "no space left for it")
            : (DeadHandles.Contains(reason) ? MachineSignKind.DiskHandleDead : MachineSignKind.IoError, reason);
        return new MachineSign(kind, $"{happened.Text("operation")} on {happened.Text("node-name")}: {cause}");
    }

    private MachineSign? TakeShutdown(QmpEvent happened)
    {
        Farewell = happened.Text("reason");
        return happened.Flag("guest") ? new MachineSign(MachineSignKind.GuestShutdown, Farewell) : null;
    }

    private MachineSign? TakeReset(QmpEvent happened, TimeSpan now)
    {
        bool isSame = _lastReset is { } last && now - last < SameReset;
        _lastReset = now;
        return happened.Flag("guest") && !isSame
            ? new MachineSign(MachineSignKind.GuestShutdown, happened.Text("reason"))
            : null;
    }
}
