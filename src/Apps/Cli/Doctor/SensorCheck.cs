using System.Collections.Immutable;
using Havm.Core.Prediction;
using Havm.Core.Records;
using Havm.Model;
using Havm.Sensors;

namespace Havm.Cli.Doctor;

/// <summary>
/// What the machine's own sensors count: memory errors, disks that fail, heat, fans, power supplies. What grows slowly
/// the agent sees, which looks all the time; here counts are judged as they stand.
/// </summary>
internal sealed class SensorCheck : ICheck
{
    public string Name => "sensors";

    public async Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel)
    {
        if (site.Node is not { } node)
        {
            return [];
        }

        using var sensors = new HostSensors(node.Config.SensorRoot);
        return Judge(await sensors.ReadAsync(cancel));
    }

    public static IReadOnlyList<Finding> Judge(ImmutableArray<SensorReading> readings) =>
    [
        Part("memory", readings, "install and load the module edac_core, where the machine has ECC memory",
            WearKind.MemoryCorrected, WearKind.MemoryUncorrected),
        Part("disks", readings, "apt-get install smartmontools",
            WearKind.DiskFailing, WearKind.DiskSectors, WearKind.DiskErrors),
        Part("surroundings", readings, "load the machine's hwmon modules (sensors-detect)",
            WearKind.Overheated, WearKind.FanFailed, WearKind.PowerFailed),
    ];

    /// <summary>
    /// Of corrected errors the count since the machine booted says little: only what nobody corrected fails here.
    /// </summary>
    private static Finding Part(
        string about, ImmutableArray<SensorReading> readings, string remedy, params WearKind[] kinds)
    {
        SensorReading[] own = [.. readings.Where(reading => kinds.Contains(reading.Kind))];
        if (own.Length == 0)
        {
            return Finding.Skip(about, "this machine counts nothing of it", remedy);
        }

        WearReading[] bad =
        [
            .. own.Where(reading => reading.Count > 0)
                .Select(reading => new WearReading(reading.Kind, reading.Of, reading.Count, 0))
                .Where(reading => RiskRule.Of(reading, new PredictionPolicy()) != RiskLevel.None),
        ];
        string counts = string.Join(", ", own.Where(reading => reading.Count > 0)
            .Select(reading => $"{Word.Of(reading.Kind)} {reading.Of} {reading.Count}"));
        return bad.FirstOrDefault(reading => RiskRule.Of(reading, new PredictionPolicy()) == RiskLevel.Likely)
            is { } worst
            ? Finding.Fail(about, RiskRule.Text(worst), counts, "have that part replaced")
            : bad.Length > 0 ? Finding.Warn(about, RiskRule.Text(bad[0]), counts, "look at it")
            : Finding.Ok(about, "nothing is counted that makes it fail", counts);
    }
}
