using System.Collections.Immutable;
using Havm.Core.Leases;

namespace Havm.Runtime.Node;

/// <summary>
/// What agent and warden of one node are told: the content of node.json. Read by
/// <see cref="NodeConfigFile"/>, which checks it.
/// </summary>
public sealed record NodeConfig
{
    public required string Cluster { get; init; }

    public required string Node { get; init; }

    public required string Rack { get; init; }

    /// <summary>Holds the id of this boot; another content means another boot.</summary>
    public string BootIdFile { get; init; } = "/proc/sys/kernel/random/boot_id";

    /// <summary>Holds the machine's UUID, the one its BMC reports; null where nobody needs it.</summary>
    public string? MachineIdFile { get; init; }

    /// <summary>
    /// Every controller, "http://10.77.0.2:7070" or "10.77.0.2:7070"; heartbeat datagrams go to the port after.
    /// </summary>
    public required ImmutableArray<string> Controllers { get; init; }

    /// <summary>UDP port of heartbeat datagrams where it is told: the port after the stream's, else refused.</summary>
    public int? DatagramPort { get; init; }

    /// <summary>Durable state; "agent" and "warden" are made below it.</summary>
    public required string StateDir { get; init; }

    /// <summary>Sockets and what a boot forgets; short, because a socket's path has 107 bytes at most.</summary>
    public required string RunDir { get; init; }

    /// <summary>Where each datastore is mounted, by name.</summary>
    public ImmutableSortedDictionary<string, string> Datastores { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>
    /// The node's cgroup v2 directory; machines live in "vms" below it. One that ends in ".slice" is a slice of
    /// systemd, and machines are its services.
    /// </summary>
    public required string Cgroup { get; init; }

    /// <summary>The bridge that guests' taps join; null: instances have no network here.</summary>
    public string? Bridge { get; init; }

    /// <summary>Begins the name of every tap, 1 or 2 letters.</summary>
    public string TapPrefix { get; init; } = "t";

    /// <summary>The node's independent watchdog; null: it has none, and its lease's end proves nothing.</summary>
    public WatchdogConfig? Watchdog { get; init; }

    /// <summary>Other lease terms than the default; the controller must have the same.</summary>
    public LeaseSettings Lease { get; init; } = new();

    /// <summary>Machines that may be on their way from permit to release at one time; 1 to 64.</summary>
    public int StartLimit { get; init; } = 4;

    /// <summary>Seconds between two beats of a guest agent; 0.1 to 3600.</summary>
    public double GuestBeatSeconds { get; init; } = 15;

    /// <summary>
    /// What incidents leave behind of all instances together, in MiB; 1 to 1048576. The oldest goes first.
    /// </summary>
    public int EvidenceMiB { get; init; } = 1024;

    /// <summary>"auto" finds it by a probe guest; "kvm" or "tcg" says it.</summary>
    public string Accelerator { get; init; } = "auto";

    /// <summary>TCG's translation cache per machine in MiB; null: QEMU's own choice.</summary>
    public int? TranslationCacheMiB { get; init; }

    /// <summary>
    /// The program that looks at this machine when the controller asks for a diagnosis; beside what runs, at the
    /// lowest priority.
    /// </summary>
    public string Doctor { get; init; } = "/usr/bin/havm";

    /// <summary>
    /// Stands before /sys and /dev/kmsg where sensors are read; empty but in labs, where each node has its own.
    /// </summary>
    public string SensorRoot { get; init; } = "";

    /// <summary>What may be given to instances; null: all the machine has.</summary>
    public int? Cpus { get; init; }

    public long? MemoryMiB { get; init; }
}

/// <param name="Path">
/// A character device (/dev/watchdog), or a unix datagram socket that hears `arm`, `feed`, `disarm`.
/// </param>
/// <param name="TimeoutSeconds">Time unfed until it resets the node; at most the lease terms' w.</param>
public sealed record WatchdogConfig(string Path, int TimeoutSeconds);
