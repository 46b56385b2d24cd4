using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Hypervisor.Qemu.Machine;

/// <summary>
/// The one mouth of a machine: signs leave one at a time, and none after Exited, whichever of monitor, guest and
/// kernel speaks last.
/// </summary>
internal sealed class SignTeller(InstanceName instance, Generation generation, IMachineSink sink)
{
    private readonly Lock _lock = new();
    private bool _isSilent;

    public void Tell(MachineSign sign)
    {
        lock (_lock)
        {
            if (_isSilent)
            {
                return;
            }

            _isSilent = sign.Kind == MachineSignKind.Exited;
            sink.Happened(instance, generation, sign);
        }
    }

    /// <summary>Nothing is told from here on: the machine was let go of, not ended.</summary>
    public void Silence()
    {
        lock (_lock)
        {
            _isSilent = true;
        }
    }
}
