using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>All processes of one node (or of one group of the lab), however deep and whoever their parent is.</summary>
public interface IProcessTree
{
    /// <summary>Process ids of one part (`agent`, `warden`, ...), or of the whole tree for an empty part.</summary>
    IReadOnlyList<int> Processes(string part = "");

    /// <summary>Makes the parts processes are started in. Repeating is harmless.</summary>
    void Make(params IReadOnlyList<string> parts);

    /// <summary>
    /// Kills everything at once, without a chance to clean up, waits until nothing is left, and removes the tree.
    /// Repeating is harmless.
    /// </summary>
    /// <exception cref="LabFailure">Something still lives after ten seconds; the tree stays.</exception>
    Task ObliterateAsync();
}

/// <summary>Chooses how a lab's processes are held together.</summary>
public static class ProcessTrees
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The tree of one node or group; an empty part means the whole lab.</summary>
    public static IProcessTree Of(LabPlan plan, string part) => plan.Cgroup is null
        ? new TaggedTree(part.Length == 0 ? $"{plan.Name}/" : $"{plan.Name}/{part}/")
        : new CgroupTree(part.Length == 0 ? plan.Cgroup : plan.CgroupOf(part)!);

    /// <summary>Signals every process of one part; the number that were there to hear it.</summary>
    public static int Signal(this IProcessTree tree, string part, int signal) =>
        tree.Processes(part).Count(pid => Machine.Signal(pid, signal));
}
