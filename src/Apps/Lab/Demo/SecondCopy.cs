using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Demo;

/// <summary>
/// What Havm must never do, done by hand: another QEMU under an instance's name. It has neither disk nor network, so
/// it can harm nothing; it only must be noticed.
/// </summary>
internal static class SecondCopy
{
    public static async Task StartAsync(LabPlan plan, string instance)
    {
        var node = plan.Nodes[^1].Name;
        ProcessTrees.Of(plan, node).Make(LoopScript.Guests);
        string[] words =
        [
            "qemu-system-x86_64", "-name", $"guest={instance},debug-threads=on", "-accel", "tcg,tb-size=16", "-m", "96",
            "-nodefaults", "-no-user-config", "-display", "none", "-kernel", $"{plan.Paths.Images}/vmlinux",
            "-initrd", $"{plan.Paths.Images}/initrd.cpio", "-append", "quiet panic=0",
            "-serial", $"file:{plan.Paths.Run(node)}/second-copy.log",
        ];
        var command = string.Join(' ', words.Select(LoopScript.Quote));
        var enter =
            $"echo 0 > {LoopScript.Quote($"{plan.CgroupOf(node)}/{LoopScript.Guests}/cgroup.procs")} || exit 1\n";
        await Tool.RunAsync("sh", ["-c", $"{enter}setsid --fork {command} </dev/null >/dev/null 2>&1"]);
    }
}
