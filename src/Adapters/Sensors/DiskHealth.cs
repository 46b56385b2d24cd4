using System.Text.Json;
using System.Text.RegularExpressions;
using Havm.Model;
using Havm.Runtime.Processes;

namespace Havm.Sensors;

/// <summary>
/// What disks say of themselves, by `smartctl` of smartmontools where that is installed. A disk that sleeps is left
/// asleep. Below a root the program's answer is a file, `/smart/sda.json`, as it prints it.
/// </summary>
public sealed partial class DiskHealth(SensorTree tree, string program = "smartctl")
{
    private const string Block = "/sys/block";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Attributes of ATA disks that count sectors: reallocated, pending, uncorrectable.</summary>
    private static readonly int[] SectorAttributes = [5, 197, 198];

    /// <summary>None where nobody can ask.</summary>
    public async Task<IReadOnlyList<SensorReading>> ReadAsync(CancellationToken cancel)
    {
        List<SensorReading> all = [];
        foreach (string disk in tree.In(Block).Where(name => Disk().IsMatch(name)))
        {
            string? answer = tree.IsReal
                ? (await ShortCommand.RunAsync(
                    program, ["--json", "--health", "--attributes", "--nocheck=standby", $"/dev/{disk}"], "", Patience,
                    cancel)).Output
                : tree.Text($"/smart/{disk}.json");
            all.AddRange(Parse(disk, answer ?? ""));
        }

        return all;
    }

    /// <summary>The readings in an answer; none in what is no answer.</summary>
    public static IEnumerable<SensorReading> Parse(string disk, string answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return [.. Of(disk, document.RootElement)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return [];
        }
    }

    private static IEnumerable<SensorReading> Of(string disk, JsonElement answer)
    {
        long? warning = At(answer, "nvme_smart_health_information_log", "critical_warning")?.GetInt64();
        if (At(answer, "smart_status", "passed") is { } passed)
        {
            bool fails = !passed.GetBoolean() || warning > 0;
            yield return new SensorReading(WearKind.DiskFailing, disk, fails ? 1 : 0);
        }

        if (At(answer, "nvme_smart_health_information_log", "media_errors") is { } media)
        {
            yield return new SensorReading(WearKind.DiskSectors, disk, media.GetInt64());
        }
        else if (At(answer, "ata_smart_attributes", "table") is { } table)
        {
            yield return new SensorReading(WearKind.DiskSectors, disk, table.EnumerateArray()
                .Where(attribute => SectorAttributes.Contains(attribute.GetProperty("id").GetInt32()))
                .Sum(attribute => attribute.GetProperty("raw").GetProperty("value").GetInt64()));
        }
    }

    private static JsonElement? At(JsonElement from, string section, string name) =>
        from.TryGetProperty(section, out var inner) && inner.TryGetProperty(name, out var found) ? found : null;

    /// <summary>Whole disks of machines: no partitions, loops or memory.</summary>
    [GeneratedRegex("^(sd[a-z]+|nvme[0-9]+n[0-9]+)$")]
    private static partial Regex Disk();
}
