namespace Havm.Hypervisor.Qemu;

/// <summary>Everything the QEMU driver can be told.</summary>
public sealed record QemuSettings
{
    /// <summary>
    /// Holds one directory per machine with its sockets, logs and seat.json. Keep it short: a socket's path has 107
    /// bytes at most, and the instance's name and 12 more are added.
    /// </summary>
    public required string RunDirectory { get; init; }

    /// <summary>
    /// Holds what is kept of incidents, one directory per instance and incident; outlives the machine.
    /// </summary>
    public required string EvidenceDirectory { get; init; }

    /// <summary>Where each datastore is mounted on this node, by its name.</summary>
    public required IReadOnlyDictionary<string, string> Datastores { get; init; }

    /// <summary>
    /// How guests' instructions are carried out; found by <see cref="Accelerator.AcceleratorProbe"/>.
    /// </summary>
    public required AcceleratorKind Accelerator { get; init; }

    /// <summary>A CPU model QEMU knows; null: <c>host</c> under KVM and <c>max</c> under TCG.</summary>
    public string? CpuModel { get; init; }

    /// <summary>TCG's translation cache per machine in MiB, 8 to 2048; null leaves QEMU's own choice.</summary>
    public int? TranslationCacheMiB { get; init; }

    public string QemuProgram { get; init; } = "qemu-system-x86_64";

    public string ImageProgram { get; init; } = "qemu-img";

    /// <summary>Time between two beats of a guest agent; 0.1 s to 1 h.</summary>
    public TimeSpan BeatPeriod { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest wait for one answer of a monitor; 0.1 s to 1 min.</summary>
    public TimeSpan MonitorTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Longest wait for a new process to answer its monitor; 1 s to 10 min, more than a busy node needs.
    /// </summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest wait for a datastore while disks are prepared; 1 s to 10 min.</summary>
    public TimeSpan DatastoreTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of the console's end kept with an incident; 1 KiB to 16 MiB.</summary>
    public int ConsoleTailBytes { get; init; } = 64 * 1024;

    /// <summary>Incidents of one instance whose evidence is kept, the newest; 1 to 1000.</summary>
    public int IncidentsKept { get; init; } = 20;

    /// <summary>What evidence of all instances may take together, in bytes; 1 MiB to 1 TiB. The oldest goes.</summary>
    public long EvidenceBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Length at which a console log, or what QEMU says, is cut to its tail; 1 MiB to 1 GiB.</summary>
    public long ConsoleLimitBytes { get; init; } = 16L * 1024 * 1024;
}

/// <summary>How guests' instructions are carried out.</summary>
public enum AcceleratorKind
{
    /// <summary>Translated by QEMU: works everywhere, ten times slower.</summary>
    Tcg,

    /// <summary>By the processor's own virtualization.</summary>
    Kvm,
}
