using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Scenario.Running;

/// <summary>What people do to machines behind the product's back.</summary>
public static class ByHand
{
    /// <summary>
    /// A machine that runs is made to run on another host; where that has no power, or it cannot be ended, it stays.
    /// </summary>
    public static void Move(VirtualWorld world, InstanceName instance, NodeName to)
    {
        var from = world.RunningHostOf(instance);
        if (from is null || from.Name == to || !world.Host(to).Up)
        {
            return;
        }

        var process = from.Machines.Find(instance)!;
        var (seat, ready) = (process.Seat, process.Ready);
        if (from.Kill(instance, "somebody moved it away"))
        {
            world.Host(to).Machines.Bring(seat, ready);
        }
    }

    /// <summary>A machine that was never the product's runs on a host; it names no generation.</summary>
    public static void Start(VirtualWorld world, InstanceName instance, NodeName node)
    {
        if (world.Host(node) is { Up: true } host)
        {
            host.Machines.Bring(
                new SeatGoal
                {
                    Machine = new MachineDefinition
                    {
                        Instance = instance, Vcpus = 1, Memory = Bytes.MiB(16), Boot = new BootSource(),
                    },
                    Generation = Generation.None,
                    Wanted = WantedState.Running,
                },
                ready: true);
        }
    }
}
