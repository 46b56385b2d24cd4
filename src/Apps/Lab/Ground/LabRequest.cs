using System.Text.RegularExpressions;
using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>What a person asked `up` for; <see cref="ToPlan"/> checks it and settles every open choice.</summary>
public sealed partial record LabRequest
{
    public const string DefaultName = "lab";
    public const int MostRacks = 16;
    public const int MostNodesPerRack = 16;

    /// <summary>sun_path holds 107 bytes; what remains for an instance's name below a node's run directory.</summary>
    private const int SocketPathBytes = 107;
    private const int InstanceNameBytes = 32;

    public string Name { get; init; } = DefaultName;

    public string? Directory { get; init; }

    public int Racks { get; init; } = 3;

    public int NodesPerRack { get; init; } = 2;

    public bool NoNamespaces { get; init; }

    public string? Images { get; init; }

    public required LabCommands Commands { get; init; }

    /// <exception cref="LabRefusal">The first thing that is wrong with the request.</exception>
    public LabPlan ToPlan()
    {
        RefuseName(Name);
        RefuseOutside("--racks", Racks, MostRacks);
        RefuseOutside("--nodes-per-rack", NodesPerRack, MostNodesPerRack);
        var directory = Path.GetFullPath(Directory ?? LabRecord.DefaultDirectory(Name));
        RefuseLongPath(directory);
        RefuseForeign(directory);
        if (Images is not null && !System.IO.Directory.Exists(Images))
        {
            throw new LabRefusal($"lab '{Name}'", "--images", $"no directory '{Images}'", "Name one that exists");
        }

        var namespaces = Machine.IsRoot && !NoNamespaces;
        var cgroup = CgroupTree.FindMount();
        if (namespaces && cgroup is null)
        {
            throw new LabRefusal(
                $"lab '{Name}'", "cgroup", "no writable cgroup v2 mount is listed in /proc/mounts",
                "Mount one (mount -t cgroup2 none /sys/fs/cgroup), or use --no-netns as an ordinary user");
        }

        return new LabPlan(
            Name, directory, IsOurs(directory), namespaces,
            cgroup is null ? null : $"{cgroup}/havm/{Name}",
            Images is null ? null : Path.GetFullPath(Images),
            "operator",
            [.. Enumerable.Range(1, Racks).Select(rack => $"rack{rack}")],
            [.. Nodes(namespaces)],
            Commands);
    }

    /// <exception cref="LabRefusal">Not a lab's name.</exception>
    public static void RefuseName(string name)
    {
        if (!NameShape().IsMatch(name))
        {
            throw new LabRefusal(
                $"lab '{name}'", "--name", "a lab's name has 1 to 6 lower-case letters and digits, a letter first",
                "Choose a name like 'lab' or 'test2'");
        }
    }

    /// <summary>
    /// Whether `down` may remove the directory itself: it is new, or an earlier `up` of this name made it.
    /// </summary>
    private bool IsOurs(string directory) =>
        LabFiles.ReadJson<LabPlan>(new LabPaths(directory).Plan)?.MadeDirectory
        ?? (!System.IO.Directory.Exists(directory) || LabRecord.Find(Name)?.Directory == directory);

    private IEnumerable<NodePlan> Nodes(bool namespaces)
    {
        var index = 0;
        foreach (var rack in Enumerable.Range(1, Racks))
        {
            foreach (var number in Enumerable.Range(1, NodesPerRack))
            {
                index++;
                yield return new NodePlan(
                    $"r{rack}n{number}", $"rack{rack}", rack, number,
                    namespaces ? $"10.77.{rack}.{number}" : $"127.77.{rack}.{number}",
                    namespaces ? $"10.78.1.{index}" : $"127.77.200.{index}",
                    namespaces ? 443 : 10443,
                    Guid.NewGuid().ToString());
            }
        }
    }

    private void RefuseOutside(string option, int value, int most)
    {
        if (value < 1 || value > most)
        {
            throw new LabRefusal($"lab '{Name}'", option, $"{value} is not within 1..{most}", "Give a number within");
        }
    }

    private void RefuseLongPath(string directory)
    {
        var longest = new LabPaths(directory).LabPort("r16n16", new string('x', InstanceNameBytes)) + "guest";
        var excess = System.Text.Encoding.UTF8.GetByteCount(longest) - SocketPathBytes;
        if (excess > 0)
        {
            throw new LabRefusal(
                $"lab '{Name}'", "--dir",
                $"'{directory}' is {excess} bytes too long for the unix sockets below it ({SocketPathBytes} at most)",
                "Choose a shorter directory");
        }
    }

    /// <summary>`down` deletes the directory, so a directory with somebody else's files is never taken.</summary>
    private void RefuseForeign(string directory)
    {
        if (File.Exists(directory))
        {
            throw new LabRefusal($"lab '{Name}'", "--dir", $"'{directory}' is a file", "Name a directory");
        }

        if (LabFiles.ReadJson<LabPlan>(new LabPaths(directory).Plan) is { } other && other.Name != Name)
        {
            throw new LabRefusal(
                $"lab '{Name}'", "--dir", $"'{directory}' belongs to lab '{other.Name}'", "Name another directory");
        }

        if (System.IO.Directory.Exists(directory)
            && !File.Exists(new LabPaths(directory).Plan)
            && System.IO.Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new LabRefusal(
                $"lab '{Name}'", "--dir", $"'{directory}' is not empty and holds no lab",
                "Name an empty or a new directory");
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9]{0,5}$", RegexOptions.CultureInvariant)]
    private static partial Regex NameShape();
}
