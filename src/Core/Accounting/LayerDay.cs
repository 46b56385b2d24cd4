using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Havm.Core.Records;

namespace Havm.Core.Accounting;

/// <summary>Incidents of one day, or of several, by the layer that failed.</summary>
public sealed record LayerDay
{
    public static readonly LayerDay Empty = new();

    public ImmutableSortedDictionary<Layer, LayerTally> Layers { get; init; } =
        ImmutableSortedDictionary<Layer, LayerTally>.Empty;

    public LayerDay With(Layer layer, LayerTally tally) =>
        new() { Layers = Layers.SetItem(layer, Layers.GetValueOrDefault(layer, LayerTally.Empty) + tally) };

    public static LayerDay operator +(LayerDay a, LayerDay b) =>
        b.Layers.Aggregate(a, (all, one) => all.With(one.Key, one.Value));
}

/// <summary>How many incidents, and how long each of their phases took.</summary>
/// <param name="Count">Incidents.</param>
/// <param name="Phases">In the order of <see cref="IncidentPhases.Names"/>.</param>
public sealed record LayerTally(int Count, ImmutableArray<Lengths> Phases)
{
    public static readonly LayerTally Empty =
        new(0, [.. IncidentPhases.Names.Select(_ => Lengths.Empty)]);

    /// <summary>Time to detect: from the failure, or the last sign of life.</summary>
    [JsonIgnore]
    public Lengths Detect => Phases[0];

    /// <summary>Time to repair: from the failure to the last instance ready; to its end where none was hurt.</summary>
    [JsonIgnore]
    public Lengths Repair => Phases[^1];

    public static LayerTally operator +(LayerTally a, LayerTally b) =>
        new(a.Count + b.Count, [.. a.Phases.Zip(b.Phases, (x, y) => x + y)]);

    /// <summary>One incident that is over.</summary>
    public static LayerTally Of(Incident incident)
    {
        var phases = IncidentPhases.Of(incident);
        var whole = phases.Total ?? (incident.Instances.IsEmpty && incident.ClosedAt is { } closed
            ? Math.Max(0, (closed - IncidentPhases.FailedAt(incident)).TotalSeconds) : null);
        return new LayerTally(
            1, [.. (phases with { Total = whole }).Values.Select(value => Lengths.Empty.With(value))]);
    }
}

/// <summary>
/// Lengths of time, of which mean and longest are exact and quantiles are within 2.5 %: they are counted in steps that
/// grow by 5 %, so that any number of them takes little room and can be added up.
/// </summary>
public sealed record Lengths
{
    public static readonly Lengths Empty = new();

    private const double Growth = 1.05;

    /// <summary>Shorter ones count as this long.</summary>
    private const double Shortest = 0.001;

    public int Count { get; init; }

    public double Sum { get; init; }

    public double Max { get; init; }

    /// <summary>Counts by step: step n holds what is about 1.05 to the power of n seconds.</summary>
    public ImmutableSortedDictionary<int, int> Steps { get; init; } = ImmutableSortedDictionary<int, int>.Empty;

    [JsonIgnore]
    public double? Mean => Count == 0 ? null : Sum / Count;

    public Lengths With(double? seconds) => seconds is not { } known ? this : this + new Lengths
    {
        Count = 1,
        Sum = known,
        Max = known,
        Steps = ImmutableSortedDictionary<int, int>.Empty.Add(
            (int)Math.Round(Math.Log(Math.Max(known, Shortest)) / Math.Log(Growth)), 1),
    };

    public static Lengths operator +(Lengths a, Lengths b) => new()
    {
        Count = a.Count + b.Count,
        Sum = a.Sum + b.Sum,
        Max = Math.Max(a.Max, b.Max),
        Steps = b.Steps.Aggregate(
            a.Steps, (all, one) => all.SetItem(one.Key, all.GetValueOrDefault(one.Key) + one.Value)),
    };

    /// <summary>By nearest rank; null of none.</summary>
    /// <param name="share">Above 0, up to 1.</param>
    public double? Quantile(double share)
    {
        var rank = Math.Max(1, (int)Math.Ceiling(share * Count));
        foreach (var (step, count) in Steps)
        {
            rank -= count;
            if (rank <= 0)
            {
                return Math.Min(Max, Math.Pow(Growth, step) is var length && length <= Shortest * Growth ? 0 : length);
            }
        }

        return null;
    }
}
