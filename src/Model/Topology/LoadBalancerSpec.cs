using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>
/// One address and port in front of all instances of a role: who answers its probe is in rotation, who does not is out.
/// </summary>
public sealed record LoadBalancerSpec : Spec
{
    /// <summary>Every address of where it runs.</summary>
    public const string AnyAddress = "0.0.0.0";

    [JsonIgnore]
    public override string Kind => "LoadBalancer";

    /// <summary>The Service.</summary>
    public required string Service { get; init; }

    /// <summary>A web role of it.</summary>
    public required string Role { get; init; }

    /// <summary>IPv4 address it takes connections on.</summary>
    public string Address { get; init; } = AnyAddress;

    /// <summary>1 to 65535; it takes connections on it.</summary>
    public required int Listen { get; init; }

    /// <summary>1 to 65535; the instances answer on it.</summary>
    public required int Port { get; init; }

    public BalancerMode Mode { get; init; } = BalancerMode.Http;

    public BalancerProbe Probe { get; init; } = new();

    /// <summary>
    /// Before a planned stop or move a member gets no new connections, and this long to end those it has; 0 s to 1 h.
    /// </summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A member that stays out for this long although its guest says that it is well is given to the next rung of the
    /// health ladder: the role is restarted in the guest, then the machine is reset, then it moves; 10 s to 24 h.
    /// Null: it stays out, and people are told.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TimeSpan? Limit { get; init; } = TimeSpan.FromMinutes(5);
}

public enum BalancerMode
{
    /// <summary>Requests are balanced, and the probe is a request.</summary>
    Http,

    /// <summary>Connections are balanced, and the probe is a connection.</summary>
    Tcp,
}

/// <summary>How the balancer asks an instance whether it serves.</summary>
public sealed record BalancerProbe
{
    /// <summary>Absolute path that answers 200 to 399; for http.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Time between probes; 1 s to 1 h.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time one probe may take; at most the time between two.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Misses in a row that take an instance out of rotation; 1 to 100.</summary>
    public int Misses { get; init; } = 2;

    /// <summary>Answers in a row that bring it in again; 1 to 100.</summary>
    public int Successes { get; init; } = 2;

    /// <summary>The time in which a member that answers nothing any more is surely found to be down.</summary>
    [JsonIgnore]
    public TimeSpan Patience => (Every * Misses) + Timeout;
}
