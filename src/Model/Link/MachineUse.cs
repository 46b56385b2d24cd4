namespace Havm.Model;

/// <summary>What a machine takes of its node.</summary>
/// <param name="MilliCpus">Thousandths of one CPU's time.</param>
/// <param name="Memory">Memory of the node.</param>
public readonly record struct MachineUse(long MilliCpus, Bytes Memory)
{
    public static MachineUse operator +(MachineUse a, MachineUse b) =>
        new(a.MilliCpus + b.MilliCpus, new Bytes(a.Memory.Value + b.Memory.Value));

    public static MachineUse operator -(MachineUse a, MachineUse b) =>
        new(a.MilliCpus - b.MilliCpus, new Bytes(a.Memory.Value - b.Memory.Value));

    /// <summary>All that its size may take.</summary>
    public static MachineUse Reserved(MachineDefinition machine) => new(machine.Vcpus * 1000L, machine.Memory);
}
