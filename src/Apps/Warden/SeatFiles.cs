using System.Collections.Immutable;
using Havm.Core.Host.SelfFence;
using Havm.Hypervisor.Qemu;
using Havm.Model;
using Havm.Runtime.Node;

namespace Havm.Warden;

/// <summary>What seat files say of machines that are alive; the ledger's own word goes before theirs.</summary>
internal static class SeatFiles
{
    public static ImmutableArray<SeatRecord> Of(CheckedConfig config, IEnumerable<InstanceName> alive)
    {
        var seats = ImmutableArray.CreateBuilder<SeatRecord>();
        foreach (var instance in alive)
        {
            var files = MachineFiles.Of(config.MachinesDir, instance);
            if (files.ReadSeat() is { } seat && seat.Machine.Instance == instance)
            {
                seats.Add(new SeatRecord(
                    instance, seat.Generation, seat.Machine.Isolation, files.WardenSocket, SeatPhase.Running));
            }
        }

        return seats.DrainToImmutable();
    }
}
