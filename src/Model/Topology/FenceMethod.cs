using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>What speaks to the thing that switches a node's power.</summary>
public enum FenceDriver
{
    /// <summary>A BMC over HTTPS (DSP0266).</summary>
    Redfish,

    /// <summary>A BMC over RMCP+ (IPMI 2.0), by the program ipmitool.</summary>
    Ipmi,

    /// <summary>A program of the fence-agents contract.</summary>
    FenceAgent,
}

/// <summary>
/// One way to switch a node's power from outside, and to read it; or to have storage refuse its writes, and to read
/// that. Which of the fields count depends on the driver; the others are null or empty.
/// </summary>
public sealed record FenceMethod
{
    /// <summary>RMCP's own (ASF 2.0).</summary>
    private const int UsualIpmiPort = 623;

    private static readonly TimeSpan OfController = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ReadOfController = TimeSpan.FromSeconds(2);

    /// <summary>Agents are interpreters that log in somewhere, and many wait until the power is gone.</summary>
    private static readonly TimeSpan OfAgent = TimeSpan.FromSeconds(20);

    public FenceDriver Driver { get; init; } = FenceDriver.Redfish;

    /// <summary>Redfish: https only; loopback and link-local hosts are refused outside lab clusters.</summary>
    public string? Url { get; init; }

    /// <summary>Redfish: the ComputerSystem's id under /redfish/v1/Systems.</summary>
    public string? SystemId { get; init; }

    /// <summary>
    /// The machine's UUID; checked before every order, so that no other machine is ever switched off. Null: nothing is
    /// checked. Redfish has it always, IPMI where the BMC tells it, agents never.
    /// </summary>
    public string? Uuid { get; init; }

    /// <summary>
    /// A file holding "user:password" on the controller's machine, readable by root alone; null: an agent that needs
    /// none.
    /// </summary>
    public string? CredentialsFile { get; init; }

    /// <summary>Redfish: PEM file with the certificate authority to trust; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>IPMI: "host" or "host:port"; 623 without a port.</summary>
    public string? Address { get; init; }

    /// <summary>The host of <see cref="Address"/>, an IPv6 one in its brackets.</summary>
    [JsonIgnore]
    public string IpmiHost => Address is { } at && PortAt(at) is var colon ? colon < 0 ? at : at[..colon] : "";

    [JsonIgnore]
    public int IpmiPort => Address is { } at && PortAt(at) is > 0 and var colon
        ? int.Parse(at.AsSpan(colon + 1), CultureInfo.InvariantCulture) : UsualIpmiPort;

    /// <summary>The agent's file name, "fence_apc_snmp".</summary>
    public string? Agent { get; init; }

    /// <summary>What the agent is told besides action and credentials.</summary>
    public ImmutableSortedDictionary<string, string> Parameters { get; init => field = value ?? field; } = NoParameters;

    public static readonly ImmutableSortedDictionary<string, string> NoParameters =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>
    /// The outlets of PDUs that feed the node, all of which must be off, each as what the agent is told besides for it;
    /// empty: the agent switches the machine itself.
    /// </summary>
    public ImmutableArray<ImmutableSortedDictionary<string, string>> Outlets
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    /// <summary>
    /// The datastores whose storage it tells to refuse this node: On means that they take its writes, Off that they
    /// refuse them. Empty: it switches power.
    /// </summary>
    public ImmutableArray<string> Datastores { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>It cuts the node off from storage, and leaves its power alone.</summary>
    [JsonIgnore]
    public bool CutsStorage => !Datastores.IsEmpty;

    /// <summary>Time for one try: from an order until the power reads Off; 1 s to 5 min.</summary>
    public TimeSpan Timeout { get; init => field = value == default ? OfController : value; } = OfController;

    /// <summary>
    /// Time for one reading, connecting included. SAFETY gathers evidence between suspect (2 s) and lost (4 s), so a
    /// BMC that is slower has not answered; an agent gets all the time that the method has.
    /// </summary>
    [JsonIgnore]
    public TimeSpan ReadWithin => Driver == FenceDriver.FenceAgent || Timeout < ReadOfController
        ? Timeout : ReadOfController;

    /// <summary>
    /// Further tries, each of <see cref="Timeout"/>, before the next method of the ladder is used; 0 to 10. The first
    /// follows the last.
    /// </summary>
    public int Retries { get; init; } = UsualRetries;

    public const int UsualRetries = 1;

    /// <summary>
    /// What it reads is the machine's own power; else that of outlets, and On there says nothing about the machine.
    /// </summary>
    [JsonIgnore]
    public bool SeesMachine => Outlets.IsEmpty;

    /// <summary>A ladder of this one method.</summary>
    [JsonIgnore]
    internal ImmutableArray<FenceMethod> Alone =>
        !field.IsDefault && ReferenceEquals(field[0], this) ? field : field = [this];

    /// <summary>What a method without a time of its own takes.</summary>
    public static TimeSpan UsualTimeout(FenceDriver driver) =>
        driver == FenceDriver.FenceAgent ? OfAgent : OfController;

    /// <summary>
    /// Where it is reached, for people; holds no secret.
    /// </summary>
    [JsonIgnore]
    public string Place => Driver switch
    {
        FenceDriver.Redfish => Url ?? "",
        FenceDriver.Ipmi => $"ipmi://{IpmiHost}:{IpmiPort}",
        FenceDriver.FenceAgent => Outlets.IsEmpty ? Told(Parameters)
            : string.Join(" and ", Outlets.Select(o => Told(Parameters.SetItems(o)))),
    };

    /// <summary>
    /// What it switches, each as a text of its own: no two nodes may have one in common. A Redfish system is known by
    /// its UUID alone.
    /// </summary>
    [JsonIgnore]
    public IEnumerable<string> Switches => (Driver, Outlets) switch
    {
        (FenceDriver.Redfish, _) => [],
        (FenceDriver.FenceAgent, { IsEmpty: false }) => Outlets.Select(o => Told(Parameters.SetItems(o))),
        _ => [Place],
    };

    private string Told(ImmutableSortedDictionary<string, string> parameters) =>
        string.Join(' ', [Agent, .. parameters.Select(p => $"{p.Key}={p.Value}")]);

    private static int PortAt(string address) =>
        address.LastIndexOf(':') is var colon && colon > address.LastIndexOf(']') ? colon : -1;

    /// <summary>By value, also of what it holds several of.</summary>
    public bool Equals(FenceMethod? other) =>
        other is not null && Driver == other.Driver && Url == other.Url && SystemId == other.SystemId
        && Uuid == other.Uuid && CredentialsFile == other.CredentialsFile && CaFile == other.CaFile
        && Address == other.Address && Agent == other.Agent && Timeout == other.Timeout && Retries == other.Retries
        && Parameters.SequenceEqual(other.Parameters) && Outlets.Length == other.Outlets.Length
        && Outlets.Zip(other.Outlets).All(pair => pair.First.SequenceEqual(pair.Second))
        && Datastores.SequenceEqual(other.Datastores);

    public override int GetHashCode() => HashCode.Combine(Driver, Place, SystemId, Uuid, CredentialsFile, CaFile);
}
