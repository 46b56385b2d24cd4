using System.Net;
using Havm.Core.Leases;
using Havm.Model;
using Havm.Runtime.Files;

namespace Havm.Runtime.Node;

/// <summary>A configuration that cannot be used: one message with file, field, reason and remedy.</summary>
public sealed class ConfigException(string message) : Exception(message);

/// <summary>A configuration that was read and checked.</summary>
/// <param name="Boot">The boot it was read in.</param>
public sealed record CheckedConfig(
    NodeConfig Config, BootId Boot, IReadOnlyList<IPEndPoint> Controllers, LeaseTerms Terms)
{
    public NodeName Node => new(Config.Node);

    /// <summary>The file that it was read from; empty: it was made otherwise.</summary>
    public string File { get; init; } = "";

    /// <summary>Where the warden's gate listens.</summary>
    public string GateSocket => Path.Join(Config.RunDir, "warden.sock");

    /// <summary>One directory per machine with its sockets and seat file.</summary>
    public string MachinesDir => Path.Join(Config.RunDir, "vm");

    /// <summary>What incidents leave behind, one directory per instance and incident.</summary>
    public string EvidenceDir => Path.Join(Config.StateDir, "evidence");

    public CgroupNames Cgroups => CgroupNames.Below(Config.Cgroup);
}

/// <summary>How machine cgroups are named below the node's. Below a systemd slice they are units of systemd.</summary>
public sealed record CgroupNames(string Parent, string Prefix, string Suffix, bool AreSystemdUnits)
{
    private const string Slice = ".slice";

    public static CgroupNames Below(string cgroup)
    {
        string name = Path.GetFileName(cgroup.TrimEnd('/'));
        return name.EndsWith(Slice, StringComparison.Ordinal)
            ? new CgroupNames(Path.Join(cgroup, name[..^Slice.Length] + "-vms" + Slice), "havm-", ".service", true)
            : new CgroupNames(Path.Join(cgroup, "vms"), "", "", false);
    }
}

/// <summary>
/// Reads node.json. Everything wrong is a <see cref="ConfigException"/>; nothing is guessed.
/// </summary>
public static class NodeConfigFile
{
    private const int LongestSocketPath = 107;

    public static CheckedConfig Read(string path)
    {
        var config = Parse(path);
        Check(path, config);
        if (!LeaseTerms.TryMake(config.Lease, out var terms, out var errors))
        {
            throw Bad(path, "lease", string.Join("; ", errors), "correct these, on the controller too");
        }

        if (config.Watchdog is { } dog
            && (dog.TimeoutSeconds < 1 || TimeSpan.FromSeconds(dog.TimeoutSeconds) > terms.Watchdog))
        {
            throw Bad(path, "watchdog.timeoutSeconds",
                $"{dog.TimeoutSeconds} is not 1 to {terms.Watchdog.TotalSeconds:0.#}",
                "a slower watchdog breaks the lease's proof; set this lower, or lease.watchdog higher everywhere");
        }

        var controllers = config.Controllers.Select(text => Controller(path, text, config.DatagramPort)).ToList();
        return new CheckedConfig(config, Boot(path, config.BootIdFile), controllers, terms)
        {
            File = Path.GetFullPath(path),
        };
    }

    private static NodeConfig Parse(string path)
    {
        var (config, errors) = ConfigReader.Read<NodeConfig>(path);
        return config ?? throw new ConfigException(string.Join('\n', errors));
    }

    private static void Check(string path, NodeConfig config)
    {
        foreach (var (field, name) in
            new[] { ("cluster", config.Cluster), ("node", config.Node), ("rack", config.Rack) })
        {
            if (!NameRules.IsLegal(name))
            {
                throw Bad(path, field, $"'{name}' is no legal name",
                    "use lower case letters, digits and '-', beginning and ending with a letter or digit, at most 63");
            }
        }

        foreach (var (field, directory) in config.Datastores.Select(store => ($"datastores.{store.Key}", store.Value))
            .Append(("stateDir", config.StateDir)).Append(("runDir", config.RunDir)).Append(("cgroup", config.Cgroup)))
        {
            if (!Path.IsPathRooted(directory))
            {
                throw Bad(
                    path, field, $"'{directory}' is no absolute path", "write the whole path, beginning with '/'");
            }
        }

        if (Path.Join(config.RunDir, "warden.sock").Length > LongestSocketPath)
        {
            throw Bad(path, "runDir", $"a socket in it would have a path of over {LongestSocketPath} bytes",
                "choose a shorter one");
        }

        if (config.Controllers.IsDefaultOrEmpty)
        {
            throw Bad(path, "controllers", "there is none", "name at least one, \"10.77.0.2:7070\"");
        }

        if (config.StartLimit is < 1 or > 64)
        {
            throw Bad(path, "startLimit", $"{config.StartLimit} is not 1 to 64", "4 suits most nodes");
        }

        if (config.GuestBeatSeconds is not (>= 0.1 and <= 3600))
        {
            throw Bad(
                path, "guestBeatSeconds", $"{config.GuestBeatSeconds} is not 0.1 to 3600", "15 suits most clusters");
        }

        if (config.EvidenceMiB is < 1 or > 1 << 20)
        {
            throw Bad(path, "evidenceMiB", $"{config.EvidenceMiB} is not 1 to {1 << 20}", "1024 suits most nodes");
        }

        if (config.Accelerator is not ("auto" or "kvm" or "tcg"))
        {
            throw Bad(path, "accelerator", $"'{config.Accelerator}' is not auto, kvm or tcg",
                "leave it out to have it found");
        }
    }

    private static IPEndPoint Controller(string path, string text, int? datagramPort)
    {
        string address = text.StartsWith("http://", StringComparison.Ordinal)
            ? text["http://".Length..].TrimEnd('/')
            : text;
        if (!IPEndPoint.TryParse(address, out var controller) || controller.Port == 0)
        {
            throw Bad(path, "controllers", $"'{text}' is no address with a port", "write it like \"10.77.0.2:7070\"");
        }

        return datagramPort is null || datagramPort == controller.Port + 1
            ? controller
            : throw Bad(
                path, "datagramPort", $"{datagramPort} is not the port after {controller.Port}",
                $"set it to {controller.Port + 1}");
    }

    private static BootId Boot(string path, string file)
    {
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } id
                ? new BootId(id)
                : throw Bad(path, "bootIdFile", $"{file} is empty", "it must hold the id of this boot");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad(
                path, "bootIdFile", $"{file} cannot be read: {e.Message}", "name the file with the id of this boot");
        }
    }

    private static ConfigException Bad(string path, string field, string reason, string remedy) =>
        new(new SpecError(path, field, reason, remedy).ToString());
}
