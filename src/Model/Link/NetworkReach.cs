using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>
/// What a node reaches of its management network, by its own word. Told with each beat and written beside the datastore
/// heartbeat, where it can still be read once the node itself is not heard any more. It colours a verdict and decides
/// nothing.
/// </summary>
public sealed record NetworkReach
{
    /// <summary>Isolation addresses that answered within the last 1.25 s.</summary>
    public ImmutableArray<string> Answering { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Isolation addresses that have been asked for 30 s and did not answer once in that time.</summary>
    public ImmutableArray<string> Silent { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Controllers that answered a beat within the last 1.25 s, by the address they are reached at.</summary>
    public ImmutableArray<string> Controllers { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Whether it reaches any of the network at all.</summary>
    [JsonIgnore]
    public bool IsSome => !Answering.IsEmpty || !Controllers.IsEmpty;
}
