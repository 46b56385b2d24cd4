using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// Starts a machine's init so that it outlives the verb that started it, inside its cgroup and namespaces.
/// </summary>
public static class Launcher
{
    /// <summary>Starts <paramref name="script"/> as init of a node or of one of the lab's own groups.</summary>
    /// <param name="group">Node name or group name: its cgroup must have a part `init`.</param>
    /// <param name="ownMounts">Whether it mounts things that nobody else shall see.</param>
    public static async Task StartAsync(LabPlan plan, string group, string script, string log, bool ownMounts)
    {
        var words = new List<string> { "setsid", "--fork" };
        if (plan.UsesNamespaces)
        {
            words.AddRange(["nsenter", $"--net=/run/netns/{plan.Namespace(group)}"]);
            if (ownMounts)
            {
                // Slave, not private: a namespace deleted outside must not live on as a copy of its mount in here.
                words.AddRange(["unshare", "--mount", "--propagation", "slave"]);
            }
        }

        words.AddRange(["sh", script]);
        var enter = plan.CgroupOf(group) is { } cgroup
            ? $"echo 0 > {LoopScript.Quote($"{cgroup}/{LoopScript.Init}/cgroup.procs")} || exit 1\n"
            : "";
        var tag = $"export {TaggedTree.Variable}={plan.Name}/{group}/{LoopScript.Init}\n";
        var command = string.Join(' ', words.Select(LoopScript.Quote));
        await Tool.RunAsync(
            "sh", ["-c", $"{enter}{tag}exec {command} </dev/null >>{LoopScript.Quote(log)} 2>&1"]);
    }
}
