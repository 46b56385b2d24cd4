using Havm.Model;

namespace Havm.Contracts.Hypervisor;

/// <summary>Seats for machines that need no guest: firmware that finds nothing to boot runs for ever.</summary>
internal static class Seats
{
    public static SeatGoal Bare(string name, long generation = 1) => new()
    {
        Machine = new MachineDefinition
        {
            Instance = new InstanceName(name),
            Vcpus = 1,
            Memory = Bytes.MiB(32),
            Boot = new BootSource(),
        },
        Generation = new Generation(generation),
        Wanted = WantedState.Running,
    };

    public static SeatGoal WithDisk(string name, params DiskDefinition[] disks)
    {
        var seat = Bare(name);
        return seat with { Machine = seat.Machine with { Disks = [.. disks] } };
    }

    public static SeatGoal WithKernel(string name, FileOnDatastore kernel, params DiskDefinition[] disks)
    {
        var seat = WithDisk(name, disks);
        return seat with { Machine = seat.Machine with { Boot = new BootSource { Kernel = kernel } } };
    }

    public static DiskDefinition Kept(FileOnDatastore file) =>
        new() { Name = "data", File = file, Life = DiskLife.Kept, Size = Bytes.MiB(8) };

    public static DiskDefinition Fresh(FileOnDatastore file) =>
        Kept(file) with { Name = "root", Life = DiskLife.Fresh };
}
