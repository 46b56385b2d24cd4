using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Hypervisor;

/// <summary>Two nodes that share datastores, real or simulated, and a hand that does to them what fate does.</summary>
public interface IHypervisorRig : IAsyncDisposable
{
    /// <summary>A datastore with room.</summary>
    const string Store = "store";

    /// <summary>A datastore on which nothing can be made.</summary>
    const string Full = "full";

    IMachineNode First { get; }

    IMachineNode Second { get; }

    Task PutAsync(FileOnDatastore file);

    bool Exists(FileOnDatastore file);

    /// <summary>Writes into a disk nobody has open.</summary>
    Task ScribbleAsync(FileOnDatastore file);

    Task<bool> IsBlankAsync(FileOnDatastore file);
}

/// <summary>One of the rig's nodes.</summary>
public interface IMachineNode
{
    IMachineCgroups Cgroups { get; }

    IVcpuSwitch Switch { get; }

    /// <summary>A new life of the agent's driver; the machines of earlier lives go on.</summary>
    IHypervisor NewLife();

    /// <summary>From now on new lives cannot read the cgroups.</summary>
    void HideCgroups();

    void Kill(int pid);

    void Freeze(int pid);

    bool IsAlive(int pid);

    /// <summary>Loses what the run directory says of an instance's seat.</summary>
    void LoseSeat(InstanceName instance);
}
