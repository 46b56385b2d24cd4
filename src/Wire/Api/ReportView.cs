using System.Collections.Immutable;

namespace Havm.Wire.Api;

/// <summary>
/// What a stretch of time was like: availability and interruptions of the cluster, of each owner and each instance, and
/// how fast each layer's failures were seen and repaired. docs/reference/accounting.md defines every figure.
/// </summary>
public sealed record ReportView
{
    public required string Cluster { get; init; }

    /// <summary>The beginning of a day, UTC.</summary>
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>Since when anything is counted; null: since now.</summary>
    public DateTimeOffset? CountedSince { get; init; }

    /// <summary>Seconds of that time in which no controller looked.</summary>
    public double AwaySeconds { get; init; }

    public required AccountView Whole { get; init; }

    /// <summary>Services and VMs, the worst first, and what is gone.</summary>
    public ImmutableArray<AccountView> Owners { get; init => field = value.OrEmpty(); } = [];

    /// <summary>The worst first.</summary>
    public ImmutableArray<AccountView> Instances { get; init => field = value.OrEmpty(); } = [];

    /// <summary>Layers that failed, from 1 to 9, and all of them together last.</summary>
    public ImmutableArray<LayerView> Layers { get; init => field = value.OrEmpty(); } = [];

    public required Moment Confirmed { get; init; }
}

/// <summary>The account of one name.</summary>
public sealed record AccountView
{
    /// <summary>"Service/shop", "shop-web-0", "Cluster/lab".</summary>
    public required string Name { get; init; }

    /// <summary>Days in which it was wanted running, and seen; summed up over instances.</summary>
    public double ExposureDays { get; init; }

    public double UpSeconds { get; init; }

    /// <summary>Not ready by an order, a move or maintenance.</summary>
    public double PlannedSeconds { get; init; }

    /// <summary>Not ready, and no incident says why.</summary>
    public double UnreadySeconds { get; init; }

    /// <summary>Not ready because of an incident.</summary>
    public double FailedSeconds { get; init; }

    /// <summary>Wanted running, and nobody could see it.</summary>
    public double UnobservedSeconds { get; init; }

    /// <summary>Not wanted running.</summary>
    public double OffSeconds { get; init; }

    /// <summary>0 to 1: the share of its exposure in which it was up; null without exposure.</summary>
    public double? Availability { get; init; }

    /// <summary>The same, as if no planned work had been.</summary>
    public double? AvailabilityButForPlanned { get; init; }

    /// <summary>Unplanned.</summary>
    public int Interruptions { get; init; }

    public double LongestSeconds { get; init; }

    /// <summary>Interruptions by the layer that caused them, "node": 2.</summary>
    public ImmutableSortedDictionary<string, int> ByLayer { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Unplanned interruptions in a year of exposure.</summary>
    public double? AnnualInterruptionRate { get; init; }

    /// <summary>The true rate lies between this and the next with 90 % confidence.</summary>
    public double? RateLow { get; init; }

    public double? RateHigh { get; init; }
}

/// <summary>How incidents of one layer went that were detected in this time and are over.</summary>
/// <param name="Row">1 to 9; 0 for all.</param>
/// <param name="Layer">"node"; "all".</param>
/// <param name="MttdSeconds">Mean time to detect.</param>
/// <param name="MttrSeconds">Mean time from the failure to the last instance ready.</param>
public sealed record LayerView(
    int Row, string Layer, int Incidents, double? MttdSeconds, double? MttrSeconds)
{
    /// <summary>"detect", "decide", "fence", "place", "start", "ready", "total", in this order.</summary>
    public ImmutableArray<LengthsView> Phases { get; init => field = value.OrEmpty(); } = [];
}

/// <summary>How long one phase took.</summary>
/// <param name="Count">Incidents that had it.</param>
public sealed record LengthsView(string Phase, int Count, double? P50Seconds, double? P95Seconds, double? MaxSeconds);
