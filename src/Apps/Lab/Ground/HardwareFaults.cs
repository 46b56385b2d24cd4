using System.Globalization;
using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// What a node's sensors say, in files of its own that are named and written as the kernel's: its agent reads them as
/// it reads /sys elsewhere. Every verb answers what it did.
/// </summary>
public sealed class HardwareFaults(LabPlan plan)
{
    /// <summary>More than any usual threshold.</summary>
    private const int Many = 500;

    private const string Memory = "sys/devices/system/edac/mc/mc0";

    /// <summary>All parts are new.</summary>
    public string Heal(NodePlan node)
    {
        Write(node, $"{Memory}/mc_name", "Lab ECC#0");
        Write(node, $"{Memory}/ce_count", "0");
        Write(node, $"{Memory}/ue_count", "0");
        Write(node, "sys/block/sda/device/ioerr_cnt", "0x0");
        Write(node, "smart/sda.json", Smart(passed: true));
        Write(node, "sys/class/hwmon/hwmon0/temp1_input", "41000");
        Write(node, "sys/class/hwmon/hwmon0/temp1_crit", "100000");
        return $"the parts of {node.Name} are new";
    }

    /// <summary>Memory errors that ECC corrected.</summary>
    public string CorrectMemory(NodePlan node)
    {
        Add(node, $"{Memory}/ce_count", Many);
        return $"{Many} more memory errors were corrected on {node.Name}";
    }

    /// <summary>A memory error that ECC could not correct.</summary>
    public string LoseMemory(NodePlan node)
    {
        Add(node, $"{Memory}/ue_count", 1);
        return $"a memory error could not be corrected on {node.Name}";
    }

    /// <summary>Its disk says that it fails.</summary>
    public string FailDisk(NodePlan node)
    {
        Write(node, "smart/sda.json", Smart(passed: false));
        return $"a disk of {node.Name} says that it fails";
    }

    /// <summary>As smartctl prints it, in short.</summary>
    private static string Smart(bool passed) =>
        "{\"smartctl\": {\"exit_status\": " + (passed ? "0" : "8") + "}, \"smart_status\": {\"passed\": "
        + (passed ? "true" : "false") + "}, \"ata_smart_attributes\": {\"table\": ["
        + "{\"id\": 5, \"name\": \"Reallocated_Sector_Ct\", \"raw\": {\"value\": 0}}]}}";

    private void Add(NodePlan node, string file, int more)
    {
        var before = LabFiles.ReadText($"{plan.Paths.Hardware(node.Name)}/{file}")?.Trim() ?? "0";
        Write(node, file, (long.Parse(before, CultureInfo.InvariantCulture) + more)
            .ToString(CultureInfo.InvariantCulture));
    }

    private void Write(NodePlan node, string file, string text)
    {
        var path = $"{plan.Paths.Hardware(node.Name)}/{file}";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        LabFiles.WriteText(path, text + "\n");
    }
}
