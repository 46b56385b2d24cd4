using Havm.Lab.Ground;

namespace Havm.Lab.Observing;

/// <summary>
/// Follows one disk through every fault: its writer stays who it is, and neither generation nor counter ever falls. A
/// counter that fell would mean that a copy wrote over records that were durable before.
/// </summary>
public sealed class DiskWatch(LabPlan plan, string instance, string disk)
{
    private DiskRecord? _last;

    /// <summary>Reads the disk again.</summary>
    /// <returns>The record, and what is wrong with it beside the one before; null where nothing is.</returns>
    public async Task<(DiskRecord? Record, string? Fault)> LookAsync()
    {
        var now = await DiskRecord.ReadAsync(plan, instance, disk);
        var fault = (_last, now) switch
        {
            (null, _) => null,
            (_, null) => "the disk was emptied",
            ({ } before, { } after) when after.Writer != instance => $"its writer is {after.Writer}",
            ({ } before, { } after) when after.Generation < before.Generation =>
                $"its generation fell from {before.Generation} to {after.Generation}",
            ({ } before, { } after) when after.Counter < before.Counter =>
                $"its counter fell from {before.Counter} to {after.Counter}",
            _ => null,
        };
        _last = now ?? _last;
        return (now, fault);
    }
}
