namespace Havm.Model;

/// <summary>What a sensor of a node says that is not as it should be.</summary>
/// <param name="Kind">What it measures.</param>
/// <param name="Of">Which part: "mc0", "sda", "eth0".</param>
/// <param name="Count">Since the machine booted, or in the part's whole life; of a state, 1.</param>
/// <param name="Lately">How much of it within the last hour, as far as the agent has seen; of a state, 1.</param>
public sealed record WearReading(WearKind Kind, string Of, long Count, long Lately);

/// <summary>What sensors count of one part. It only grows until the machine boots; a state is 0 or 1.</summary>
/// <param name="Kind">What it measures.</param>
/// <param name="Of">Which part.</param>
/// <param name="Count">The count as the kernel, or the part itself, has it now.</param>
public sealed record SensorReading(WearKind Kind, string Of, long Count);

/// <summary>What wears, in the order in which people read it.</summary>
public enum WearKind
{
    /// <summary>Memory errors that were corrected (EDAC, ce_count).</summary>
    MemoryCorrected,

    /// <summary>Memory errors that could not be corrected (EDAC, ue_count).</summary>
    MemoryUncorrected,

    /// <summary>Machine check events in the kernel's log.</summary>
    MachineCheck,

    /// <summary>The disk says of itself that it fails (SMART, or a critical warning of NVMe).</summary>
    DiskFailing,

    /// <summary>Sectors that a disk has reallocated, or cannot read, and media errors of NVMe.</summary>
    DiskSectors,

    /// <summary>I/O errors of a disk.</summary>
    DiskErrors,

    /// <summary>Frames that a network card received or sent badly.</summary>
    LinkErrors,

    /// <summary>A sensor is at its critical temperature.</summary>
    Overheated,

    /// <summary>A fan stands still or says so.</summary>
    FanFailed,

    /// <summary>A power supply is gone or says so.</summary>
    PowerFailed,
}
