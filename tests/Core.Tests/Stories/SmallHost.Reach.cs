using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>What is reached of its network, and by whom.</summary>
internal sealed partial class SmallHost
{
    /// <summary>What it writes and tells that it reaches of its network.</summary>
    public NetworkReach? Reach { get; set; }

    /// <summary>Where it speaks from.</summary>
    public string? Address { get; set; }

    /// <summary>Who gets an echo from it.</summary>
    public HashSet<NodeName> EchoesTo { get; } = [];

    /// <summary>Another's heartbeat, written and read then.</summary>
    public DatastoreSighting Sees(SmallHost other, Instant written, bool healthy) => new(
        other.Name, "store", other.Boot, (long)written.SinceOrigin.TotalMilliseconds, Now - written, healthy)
    {
        Reach = other.Reach,
    };
}
