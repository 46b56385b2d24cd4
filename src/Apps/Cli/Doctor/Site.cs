using Havm.Model;
using Havm.Runtime.Control;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;

namespace Havm.Cli.Doctor;

/// <summary>What the doctor is told of the machine it looks at.</summary>
internal sealed record Site
{
    /// <summary>Null: this machine is no node.</summary>
    public CheckedConfig? Node { get; init; }

    /// <summary>Null: no controller runs on this machine.</summary>
    public ControllerConfig? Controller { get; init; }

    /// <summary>The Node objects of the cluster; null: nobody told them.</summary>
    public IReadOnlyList<NodeObject>? Nodes { get; init; }

    /// <summary>Where a datastore is mounted a second time, by its name: as another node would reach it.</summary>
    public IReadOnlyDictionary<string, string> SecondPaths { get; init; } = new Dictionary<string, string>();

    /// <summary>Permits to open the watchdog, which arms it for a moment.</summary>
    public bool MayArmWatchdog { get; init; }

    /// <summary>Stands before /proc, /sys and /dev; empty but in tests.</summary>
    public string Root { get; init; } = "";

    public bool IsRoot { get; init; } = Environment.IsPrivilegedProcess;

    /// <summary>This very program, which plays the second process in what takes two.</summary>
    public string Program { get; init; } = Environment.ProcessPath ?? "havm";

    public required IPowerFence PowerFence { get; init; }

    /// <summary>A file of the kernel, without the white space around it; null where there is none.</summary>
    public string? Read(string path)
    {
        try
        {
            return File.ReadAllText(Root + path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Processes of these names (15 letters at most, as the kernel keeps them), with their pids.</summary>
    public IReadOnlyList<(int Pid, string Name)> Processes(params string[] names)
    {
        List<(int, string)> found = [];
        foreach (string directory in Directory.Exists($"{Root}/proc") ? Directory.GetDirectories($"{Root}/proc") : [])
        {
            if (int.TryParse(Path.GetFileName(directory), out int pid)
                && Read($"/proc/{pid}/comm") is { } name && names.Contains(name))
            {
                found.Add((pid, name));
            }
        }

        return found;
    }
}

/// <summary>A Node object: its name and what it says.</summary>
internal sealed record NodeObject(string Name, NodeSpec Spec);
