using System.Globalization;
using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// Each node's own disk: what its agent and warden keep lies there, and it can be full while all others have room. It
/// outlives the node's boots and goes with the lab.
/// </summary>
/// <remarks>A lab without namespaces may not mount: its nodes share the machine's disk.</remarks>
public static class NodeDisks
{
    /// <summary>Room for logs, overlays, and a dump or two.</summary>
    private const int MiB = 384;

    public static async Task MountAsync(LabPlan plan)
    {
        foreach (var node in plan.Nodes.Where(_ => plan.UsesNamespaces))
        {
            var home = plan.Paths.Node(node.Name);
            Directory.CreateDirectory(home);
            var size = string.Create(CultureInfo.InvariantCulture, $"size={MiB}m,mode=755");
            await Tool.RunAsync("mount", ["-t", "tmpfs", "-o", size, "none", home]);
        }
    }

    /// <summary>Takes all room that is left on a node's disk.</summary>
    /// <returns>What gives it back.</returns>
    public static Action Fill(LabPlan plan, NodePlan node)
    {
        var home = plan.Paths.Node(node.Name);
        var path = $"{home}/filler";
        var room = new DriveInfo(home).AvailableFreeSpace;
        if (room > (long)MiB << 20)
        {
            throw new LabRefusal(
                $"node '{node.Name}'", "disk", "it shares the machine's disk, which is not to be filled",
                "Start the lab as root without --no-netns");
        }

        using var filler = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = room,
        });
        return () => File.Delete(path);
    }
}
