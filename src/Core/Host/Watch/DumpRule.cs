using Havm.Model;

namespace Havm.Core.Host.Watch;

/// <summary>
/// When the memory of a guest is dumped: only of one that hung or panicked and only where that was asked for. A dump is
/// large and never worth more than the node's disk or a repair that waits.
/// </summary>
public static class DumpRule
{
    /// <summary>What a dump has beyond the guest's memory: memory of its devices, headers, bit maps.</summary>
    private static readonly Bytes Beyond = Bytes.MiB(64);

    /// <summary>How long a repair waits for a dump; null: none is made.</summary>
    /// <param name="machine">Null: its seat is not here any more, and whoever has it now does not wait.</param>
    public static TimeSpan? Within(MachineDefinition? machine, GuestTrouble? trouble) =>
        trouble?.Kind is HostIncidentKind.GuestHang or HostIncidentKind.GuestPanic or HostIncidentKind.GuestWatchdog
            ? machine?.DumpWithin : null;

    /// <summary>
    /// The most that a dump of so much memory takes: pages that do not compress are written as they are, each with 24
    /// bytes of description and two bits of map (makedumpfile's format, as QEMU writes it).
    /// </summary>
    public static Bytes Largest(Bytes memory) =>
        Bytes.MiB(((memory.Value + (memory.Value / 64) + Beyond.Value - 1) / Bytes.Mebi) + 1);

    /// <summary>What a dump leaves free of a disk of that size: a twentieth, 1 GiB at most.</summary>
    public static Bytes Reserve(Bytes disk) =>
        disk.Value / 20 is var share && share < Bytes.GiB(1).Value ? Bytes.MiB(share / Bytes.Mebi) : Bytes.GiB(1);

    /// <summary>Null: there is room for the largest that it can become; else why none is made.</summary>
    /// <param name="budget">What all evidence of the node may take.</param>
    /// <param name="free">Of the disk that evidence is on.</param>
    /// <param name="reserve">What must stay free of it.</param>
    public static string? Refusal(Bytes memory, Bytes budget, Bytes free, Bytes reserve)
    {
        var largest = Largest(memory);
        return largest.Value > budget.Value
            ? $"it may take {largest}, and evidenceMiB of this node allows {budget}; raise it"
            : largest.Value > free.Value - reserve.Value
                ? $"it may take {largest}, and the disk has {free} free, of which {reserve} must stay so"
                : null;
    }
}
