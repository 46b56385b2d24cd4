using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>What its warden sees of its machines, and what its agent tells of them.</summary>
internal sealed partial class SmallHost
{
    /// <summary>Its agent beats on with the report that it made last.</summary>
    public bool Blind { get; set; }

    /// <summary>What its agent says of the age of its look at machines.</summary>
    public TimeSpan? LookAge { get; set; } = TimeSpan.Zero;

    private NodeReport Told() => Blind && _lastReport is { } last ? last : Report();

    private ImmutableArray<RunningSeat> Seen() =>
        [.. Running.Select(runs => new RunningSeat(runs.Key, runs.Value.Generation))];
}
