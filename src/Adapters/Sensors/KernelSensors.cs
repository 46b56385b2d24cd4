using Havm.Model;

namespace Havm.Sensors;

/// <summary>What the kernel counts of memory, disks, network cards, heat, fans and power supplies in /sys.</summary>
public static class KernelSensors
{
    private const string Edac = "/sys/devices/system/edac/mc";
    private const string Hwmon = "/sys/class/hwmon";
    private const string Net = "/sys/class/net";
    private const string Block = "/sys/block";

    /// <summary>Counters of frames that were bad on the wire; what was dropped for want of memory is not one.</summary>
    private static readonly string[] BadFrames = ["rx_crc_errors", "rx_frame_errors", "tx_carrier_errors"];

    /// <summary>Memory errors by memory controller (docs of the kernel: admin-guide/RAS).</summary>
    public static IEnumerable<SensorReading> Memory(SensorTree tree)
    {
        foreach (string mc in tree.In(Edac).Where(name => name.StartsWith("mc", StringComparison.Ordinal)))
        {
            if (tree.Number($"{Edac}/{mc}/ce_count") is { } corrected)
            {
                yield return new SensorReading(WearKind.MemoryCorrected, mc, corrected);
            }

            if (tree.Number($"{Edac}/{mc}/ue_count") is { } uncorrected)
            {
                yield return new SensorReading(WearKind.MemoryUncorrected, mc, uncorrected);
            }
        }
    }

    /// <summary>I/O errors of disks of the SCSI layer, which covers SATA: in hexadecimal.</summary>
    public static IEnumerable<SensorReading> Disks(SensorTree tree)
    {
        foreach (string disk in tree.In(Block))
        {
            if (tree.Text($"{Block}/{disk}/device/ioerr_cnt") is { } text && Hexadecimal(text) is { } count)
            {
                yield return new SensorReading(WearKind.DiskErrors, disk, count);
            }
        }
    }

    /// <summary>Cards that are machines' parts: what is made of software has no device.</summary>
    public static IEnumerable<SensorReading> Links(SensorTree tree)
    {
        foreach (string card in tree.In(Net).Where(card => tree.In($"{Net}/{card}").Contains("device")))
        {
            long?[] counts = [.. BadFrames.Select(name => tree.Number($"{Net}/{card}/statistics/{name}"))];
            if (counts.Any(count => count is not null))
            {
                yield return new SensorReading(WearKind.LinkErrors, card, counts.Sum() ?? 0);
            }
        }
    }

    /// <summary>Heat at its critical mark, and fans and supplies whose alarm or fault is set (hwmon's sysfs).</summary>
    public static IEnumerable<SensorReading> Surroundings(SensorTree tree)
    {
        foreach (string chip in tree.In(Hwmon))
        {
            string[] files = [.. tree.In($"{Hwmon}/{chip}")];
            foreach (string file in files)
            {
                if (Of(tree, $"{Hwmon}/{chip}", file) is { } found)
                {
                    yield return found with { Of = $"{chip}/{found.Of}" };
                }
            }
        }
    }

    private static SensorReading? Of(SensorTree tree, string chip, string file)
    {
        string part = file.Split('_')[0];
        return file switch
        {
            _ when file == $"{part}_crit" && part.StartsWith("temp", StringComparison.Ordinal) =>
                State(WearKind.Overheated, part,
                    tree.Number($"{chip}/{file}") is { } crit and > 0 && tree.Number($"{chip}/{part}_input") >= crit),
            _ when file == $"{part}_input" && part.StartsWith("fan", StringComparison.Ordinal) =>
                State(WearKind.FanFailed, part,
                    IsSet(tree, $"{chip}/{part}_fault") || IsSet(tree, $"{chip}/{part}_alarm")),
            _ when file == $"{part}_alarm" && part.StartsWith("power", StringComparison.Ordinal) =>
                State(WearKind.PowerFailed, part, IsSet(tree, $"{chip}/{file}")),
            _ => null,
        };
    }

    private static bool IsSet(SensorTree tree, string file) => tree.Number(file) == 1;

    private static SensorReading State(WearKind kind, string of, bool bad) => new(kind, of, bad ? 1 : 0);

    private static long? Hexadecimal(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(
            text.AsSpan(2), System.Globalization.NumberStyles.HexNumber,
            System.Globalization.CultureInfo.InvariantCulture, out long count)
            ? count
            : null;
}
