using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Wire.Api;

/// <summary>One instance: a VirtualMachine, or one of a Service's role.</summary>
public sealed record InstanceView
{
    public required string Name { get; init; }

    /// <summary>The object it comes of: "VirtualMachine/db-0" or "Service/shop".</summary>
    public required string Owner { get; init; }

    /// <summary>The role within a Service.</summary>
    public string? Role { get; init; }

    public required string Phase { get; init; }

    public required bool Settled { get; init; }

    /// <summary>"running" or "stopped".</summary>
    public required string Wanted { get; init; }

    /// <summary>Why it is where and as it is; while it waits, for what.</summary>
    public Reason? Reason { get; init; }

    public string? Node { get; init; }

    public string? Rack { get; init; }

    /// <summary>The seat number; it grows with every new place.</summary>
    public long Generation { get; init; }

    public string? AvailabilitySet { get; init; }

    /// <summary>Logical domains as a tenant counts them, from 0.</summary>
    public int? FaultDomain { get; init; }

    public int? UpdateDomain { get; init; }

    public int Vcpus { get; init; }

    public long MemoryBytes { get; init; }

    /// <summary>Thousandths of a CPU that it was last measured to use; null where that is not known.</summary>
    public long? UsedMilliCpus { get; init; }

    public long? UsedMemoryBytes { get; init; }

    public string Image { get; init; } = "";

    public int Priority { get; init; }

    public ImmutableArray<DependencyView> DependsOn { get; init => field = value.OrEmpty(); } = [];

    /// <summary>What holds while its node is cut off, with the default resolved: "leaveRunning", "pause", ...</summary>
    public string Isolation { get; init; } = "";

    public ImmutableArray<AddressView> Addresses { get; init => field = value.OrEmpty(); } = [];

    public Moment? StartedAt { get; init; }

    /// <summary>When the guest first said that it is ready, in this start.</summary>
    public Moment? ReadyAt { get; init; }

    /// <summary>Resets in place within the window.</summary>
    public int Resets { get; init; }

    /// <summary>File or unix socket with the serial console on the machine that runs the lab; null elsewhere.</summary>
    public string? ConsolePath { get; init; }

    public ImmutableArray<ConditionView> Conditions { get; init => field = value.OrEmpty(); } = [];

    /// <summary>
    /// The last lines that its program wrote, oldest first; where one instance is asked for, not in lists.
    /// </summary>
    public ImmutableArray<string> Log { get; init => field = value.OrEmpty(); } = [];

    /// <summary>The last report of its node about it.</summary>
    public Moment? Confirmed { get; init; }
}

/// <summary>A network card's lasting addresses.</summary>
/// <param name="Address">IPv4 with prefix length.</param>
public sealed record AddressView(string Network, string Address, string Mac);

/// <summary>What an instance is started after.</summary>
/// <param name="Target">"VirtualMachine/db", "role api of Service/shop".</param>
/// <param name="Condition">"running", "guestReady" or "probeOk".</param>
/// <param name="TimeoutSeconds">How long a start waits for it.</param>
/// <param name="Lacks">Which instance of it has not come so far, and how that is; null: it stands.</param>
/// <param name="GivenUp">The start that is under way does not wait for it any more.</param>
public sealed record DependencyView(
    string Target, string Condition, double TimeoutSeconds, string? Lacks, bool GivenUp);

/// <summary>A service and its roles.</summary>
public sealed record ServiceView
{
    public required string Name { get; init; }

    public required string Phase { get; init; }

    public required bool Settled { get; init; }

    public Reason? Reason { get; init; }

    public required ImmutableArray<RoleView> Roles { get; init; }

    public ImmutableArray<ConditionView> Conditions { get; init => field = value.OrEmpty(); } = [];

    /// <summary>The oldest of its instances' confirmations: nothing shown is staler.</summary>
    public Moment? Confirmed { get; init; }
}

/// <summary>One role: how many were asked for and how many there are.</summary>
/// <param name="Type">"web" or "worker".</param>
/// <param name="Wanted">Instances asked for.</param>
/// <param name="Running">With running vCPUs, ready ones included.</param>
/// <param name="Ready">Whose guest said that it is ready.</param>
/// <param name="Instances">Every instance, by index.</param>
public sealed record RoleView(
    string Name, string Type, int Wanted, int Running, int Ready, ImmutableArray<InstanceView> Instances);
