using System.Text.Json;
using Havm.Lab.Observing;
using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// What people do who move a machine without Havm: its QEMU is killed, and the same one is started on another node, in
/// that node's own network, mounts and cgroup. Disks it keeps go along; those made anew at each start are made anew.
/// </summary>
public sealed class HandMove(LabPlan plan)
{
    /// <exception cref="LabRefusal">It cannot be done as things are; nothing was done.</exception>
    public async Task MoveAsync(string instance, NodePlan to)
    {
        var here = new GuestFaults(plan).Running(instance)[0];
        var init = ProcessTrees.Of(plan, to.Name).Processes(LoopScript.Init).FirstOrDefault();
        Refuse(instance, here, to, init);

        var words = Words(here);
        var run = $"{plan.Paths.Instances(to.Name)}/{instance}";
        Machine.Signal(here.Pid, Machine.Kill);
        if (!await Until.TrueAsync(() => !here.IsAlive(), ProcessTrees.Patience))
        {
            throw new LabFailure($"QEMU of {instance} (pid {here.Pid}) does not die");
        }

        Directory.CreateDirectory(run);
        foreach (var disk in MadeAnew(words))
        {
            // The node's mount is not to be seen from here; QEMU is told its base by name, as it was before.
            var file = $"{run}/{Path.GetFileName(disk.File)}";
            var from = disk.Base.Replace(
                plan.Paths.NodeDatastore(here.Node), plan.Paths.Datastore, StringComparison.Ordinal);
            await Tool.RunAsync("qemu-img", ["create", "-q", "-f", "qcow2", "-b", from, "-F", "qcow2", file]);
            words = [.. words.Select(word => word.Replace(disk.File, file, StringComparison.Ordinal))];
        }

        words = [.. words.Select(word => word.Replace(
            plan.Paths.Node(here.Node) + "/", plan.Paths.Node(to.Name) + "/", StringComparison.Ordinal))];
        await PlugAsync(plan.Namespace(to.Name), words);
        await StartAsync(instance, to, init, words);
    }

    private void Refuse(string instance, QemuProcess here, NodePlan to, int init)
    {
        if (!plan.UsesNamespaces)
        {
            throw new LabRefusal(
                $"lab '{plan.Name}'", "namespaces", "its nodes have none to start a machine in", "Start it as root");
        }

        if (here.Node == to.Name)
        {
            throw new LabRefusal($"instance '{instance}'", "NODE", $"it runs on {to.Name}", "Name another node");
        }

        if (init == 0)
        {
            throw new LabRefusal(
                $"node '{to.Name}'", "NODE", "it has no power", $"Name another node, or havm lab power-on {to.Name}");
        }
    }

    /// <summary>Its command line as it was started, but not held.</summary>
    private static string[] Words(QemuProcess process) =>
    [
        .. File.ReadAllText($"/proc/{process.Pid}/cmdline").TrimEnd('\0').Split('\0')
            .Where(word => word != "-S"),
    ];

    /// <summary>Writable overlays: Havm makes them from their base at each start and removes them at its end.</summary>
    private static IReadOnlyList<(string File, string Base)> MadeAnew(string[] words)
    {
        var nodes = words.Zip(words.Skip(1)).Where(pair => pair.First == "-blockdev")
            .Select(pair => JsonDocument.Parse(pair.Second).RootElement)
            .ToDictionary(node => node.GetProperty("node-name").GetString()!);
        return
        [
            .. nodes.Values.Where(node => node.TryGetProperty("backing", out _))
                .Select(node => (FileOf(node), FileOf(nodes[node.GetProperty("backing").GetString()!]))),
        ];

        string FileOf(JsonElement node) =>
            nodes[node.GetProperty("file").GetString()!].GetProperty("filename").GetString()!;
    }

    private static async Task PlugAsync(string network, string[] words)
    {
        foreach (var tap in words.Where(word => word.StartsWith("tap,", StringComparison.Ordinal))
            .SelectMany(word => word.Split(',')).Where(part => part.StartsWith("ifname=", StringComparison.Ordinal))
            .Select(part => part["ifname=".Length..]))
        {
            // One that was left by an earlier move is as good.
            await Tool.TryAsync("ip", ["-n", network, "tuntap", "add", tap, "mode", "tap"]);
            await Tool.RunAsync("ip", ["-n", network, "link", "set", tap, "master", "br0", "up"]);
        }
    }

    private async Task StartAsync(string instance, NodePlan to, int init, string[] words)
    {
        var cgroup = $"{plan.CgroupOf(to.Name)}/{LoopScript.Guests}/{instance}";
        var log = $"{plan.Paths.Instances(to.Name)}/{instance}/qemu.log";
        Directory.CreateDirectory(cgroup);
        string[] line =
        [
            "setsid", "--fork", "nsenter", $"--net=/run/netns/{plan.Namespace(to.Name)}", "--target", $"{init}",
            "--mount", .. words,
        ];
        var enter = $"echo 0 > {LoopScript.Quote($"{cgroup}/cgroup.procs")} || exit 1\n";
        var command = string.Join(' ', line.Select(LoopScript.Quote));
        await Tool.RunAsync("sh", ["-c", $"{enter}exec {command} </dev/null >{LoopScript.Quote(log)} 2>&1"]);
        if (!await Until.TrueAsync(
            () => QemuProcessTable.Read(plan).Any(qemu => qemu.Instance == instance && qemu.Node == to.Name),
            ProcessTrees.Patience))
        {
            throw new LabFailure($"QEMU of {instance} does not start on {to.Name}: {LabFiles.ReadText(log)}");
        }
    }
}
