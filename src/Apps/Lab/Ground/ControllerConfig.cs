using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// What the lab's controller is told, field by field as it reads it: content of `controller.json`. The nodes and their
/// BMCs are not in it; they are objects, applied like any other.
/// </summary>
/// <param name="Listen">Where nodes connect; heartbeat datagrams go to the port after.</param>
/// <param name="ConsolePath">Where an instance's console lies on this machine.</param>
/// <param name="BalancerCommand">Runs HAProxy on the load balancers' machine.</param>
/// <param name="FenceAgents">Where fence agents are found.</param>
public sealed record ControllerConfig(
    string Cluster,
    string Listen,
    string StateDir,
    string RunDir,
    IReadOnlyDictionary<string, string> Labels,
    string ConsolePath,
    IReadOnlyList<string> BalancerCommand,
    string FenceAgents)
{
    public static void Write(LabPlan plan)
    {
        Directory.CreateDirectory(plan.Paths.ControllerRun);
        LabFiles.WriteJson($"{plan.Paths.Controller}/controller.json", new ControllerConfig(
            plan.Cluster, plan.ControllerUrl, plan.Paths.Controller, plan.Paths.ControllerRun,
            new Dictionary<string, string> { ["lab"] = "true" },
            $"{plan.Paths.Instances("{node}")}/{{instance}}/console.log", Balancer(plan),
            plan.Paths.FenceAgents));
    }

    /// <summary>
    /// A machine of their own has a process tree and a network of its own: the end of the controller's is not theirs.
    /// </summary>
    private static IReadOnlyList<string> Balancer(LabPlan plan)
    {
        const string Part = LabNetwork.Balancers;
        var enter = plan.CgroupOf(Part) is { } cgroup
            ? $"echo 0 > {LoopScript.Quote($"{cgroup}/{Part}")}/cgroup.procs || exit 1; " : "";
        var space = plan.UsesNamespaces ? $"ip netns exec {plan.Namespace(Part)} " : "";
        return
        [
            "sh", "-c", $"{enter}export {TaggedTree.Variable}={plan.Name}/{Part}/{Part}; exec {space}haproxy \"$@\"",
            "haproxy",
        ];
    }
}
