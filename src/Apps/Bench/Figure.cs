using System.Text.Json;
using System.Text.Json.Serialization;

namespace Havm.Bench;

/// <summary>One measured figure, beside what it is compared with in the same run.</summary>
/// <param name="Name">What was measured: "recovery.powerCut.fence".</param>
/// <param name="N">How many samples.</param>
/// <param name="P50">Median.</param>
/// <param name="P95">95th percentile by nearest rank.</param>
/// <param name="Max">The largest.</param>
/// <param name="Unit">"s" or "MiB" or "%".</param>
/// <param name="Beside">The floor or peer of the same run; null when there is none.</param>
/// <param name="Ratio">P50 over the floor's P50.</param>
/// <param name="Command">What to type to get it again.</param>
/// <param name="Load">One-minute load average when it was taken.</param>
public sealed record Figure(
    [property: JsonPropertyName("figure")] string Name,
    int N, double P50, double P95, double Max, string Unit, Beside? Beside, double? Ratio, string Command, double Load)
{
    public static Figure Of(
        string name, IReadOnlyCollection<double> samples, string unit, string command, Beside? beside = null)
    {
        var sorted = samples.Order().ToArray();
        var p50 = Rank(sorted, 0.50);
        return new Figure(
            name, sorted.Length, p50, Rank(sorted, 0.95), sorted.Length == 0 ? double.NaN : sorted[^1], unit, beside,
            beside is { P50: > 0 } ? Math.Round(p50 / beside.P50, 2) : null, command, LoadNow());
    }

    public string ToJson() => JsonSerializer.Serialize(this, FigureJson.Default.Figure);

    public string ToRow()
    {
        var compared = Beside is { } b ? $"  {b.Name} {b.P50:0.000}, ratio {Ratio:0.00}" : "";
        return $"{Name,-38} n={N,-4} p50 {P50,8:0.000}  p95 {P95,8:0.000}  max {Max,8:0.000} "
            + $"{Unit}{compared}  (load {Load:0.0})";
    }

    /// <summary>Nearest rank: the smallest sample that at least that share of all does not exceed.</summary>
    private static double Rank(double[] sorted, double share) =>
        sorted.Length == 0
            ? double.NaN
            : Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)], 3);

    private static double LoadNow() =>
        double.Parse(
            File.ReadAllText("/proc/loadavg").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
}

public sealed record Beside(string Name, double P50);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(Figure))]
internal sealed partial class FigureJson : JsonSerializerContext;
