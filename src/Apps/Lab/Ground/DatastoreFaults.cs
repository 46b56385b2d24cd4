using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>One node's way to the datastore fails while all others keep theirs.</summary>
public sealed class DatastoreFaults(LabPlan plan)
{
    /// <summary>All paths down: every access waits, none fails.</summary>
    public void Hang(NodePlan node) => Signal(node, Machine.Stop);

    /// <summary>The device is lost: every access fails at once.</summary>
    public void Lose(NodePlan node) => Signal(node, Machine.Kill);

    /// <summary>Waiting accesses go on; a lost datastore is mounted anew (files open before stay lost).</summary>
    public async Task HealAsync(NodePlan node)
    {
        RefuseWithoutMount(node);
        var tree = ProcessTrees.Of(plan, node.Name);
        if (tree.Signal(LoopScript.Datastore, Machine.Continue) > 0)
        {
            return;
        }

        var init = tree.Processes(LoopScript.Init).FirstOrDefault();
        if (init == 0)
        {
            throw Unpowered(node);
        }

        await Tool.RunAsync(
            "nsenter", ["--target", $"{init}", "--mount", "sh"], LoopScript.DatastoreRemount(plan, node));
    }

    /// <summary>`ok`, `hang` or `gone`; null where nodes share one directory or the node has no power.</summary>
    public string? Read(NodePlan node)
    {
        if (!plan.UsesNamespaces || new NodePower(plan).Read(node).Power is PowerState.Off)
        {
            return null;
        }

        var processes = ProcessTrees.Of(plan, node.Name).Processes(LoopScript.Datastore);
        return processes.Count == 0 ? "gone" : processes.All(IsStopped) ? "hang" : "ok";
    }

    private static bool IsStopped(int pid) =>
        LabFiles.ReadText($"/proc/{pid}/stat") is { } stat && stat[(stat.LastIndexOf(')') + 2)..].StartsWith('T');

    private void Signal(NodePlan node, int signal)
    {
        RefuseWithoutMount(node);
        if (ProcessTrees.Of(plan, node.Name).Signal(LoopScript.Datastore, signal) == 0)
        {
            throw Unpowered(node);
        }
    }

    private LabRefusal Unpowered(NodePlan node) => new(
        $"node '{node.Name}'", "datastore", "nothing is mounted there (no power, or gone already)",
        $"See havm lab status, then havm lab power-on {node.Name} or havm lab datastore {node.Name} heal");

    private void RefuseWithoutMount(NodePlan node)
    {
        if (!plan.UsesNamespaces)
        {
            throw new LabRefusal(
                $"node '{node.Name}'", "datastore",
                "this lab runs without namespaces, so its nodes share one directory and none can lose it alone",
                "Start the lab as root without --no-netns");
        }
    }
}
