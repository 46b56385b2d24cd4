using Havm.Runtime.Ports;

namespace Havm.Hypervisor.Qemu.Qmp;

/// <summary>Why a monitor verb did not do what it was asked.</summary>
internal enum QmpTrouble
{
    /// <summary>QEMU answered with an error: nothing was changed.</summary>
    Refused,

    /// <summary>No answer in time: QEMU may be stopped, stuck or swamped, and may still obey later.</summary>
    Silent,

    /// <summary>The connection is gone; mostly the process with it.</summary>
    Closed,

    /// <summary>What came is no QMP.</summary>
    Garbled,
}

/// <summary>A monitor verb's failure.</summary>
internal sealed class QmpException(QmpTrouble trouble, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public QmpTrouble Trouble { get; } = trouble;

    /// <summary>The same trouble in the port's words.</summary>
    public MachineException For(string instance) => Trouble switch
    {
        QmpTrouble.Refused =>
            new MachineException(MachineTrouble.ProcessFailed, $"instance {instance}: QEMU refused: {Message}", this),
        QmpTrouble.Silent or QmpTrouble.Closed or QmpTrouble.Garbled => new MachineException(
            MachineTrouble.MonitorSilent,
            $"instance {instance}: its monitor cannot be used: {Message}; the process may be stopped or stuck",
            this),
    };
}
