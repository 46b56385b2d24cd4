using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Havm.Lab.Ground;
using Havm.Wire.Api;

namespace Havm.Lab.Demo.Steps;

/// <summary>The agent of a node with a web guest is killed.</summary>
internal sealed partial class AgentRestartStep : IDemoStep
{
    private const int BackSeconds = 60;

    public string Name => "restart-agent";

    public string Promise =>
        "a killed agent takes its machines up again as they run: same processes, the guest's clock goes on";

    /// <summary>The node's QEMUs are killed together with the agent.</summary>
    public string Sabotage => "agent-with-guests";

    public async Task RunAsync(DemoStage stage, bool sabotaged, CancellationToken cancel)
    {
        var before = await stage.ReadAsync(cancel);
        var machines = stage.Machines();
        var web = before.Instances.Values.First(instance => instance.Role == "web");
        var node = LabTarget.Node(stage.Plan, web.Node!);
        var tree = ProcessTrees.Of(stage.Plan, node.Name);
        var agents = tree.Processes(LoopScript.Agent);
        var (uptime, boot) = await AskAsync(stage, web, cancel);
        await stage.DoAsync($"havm lab restart-agent {node.Name} --kill", async () =>
        {
            await new Restarts(stage.Plan).AgentAsync(node, kill: true);
            if (sabotaged)
            {
                tree.Signal(LoopScript.Guests, Tools.Machine.Kill);
            }
        });
        var after = await stage.WaitAsync(
            $"another agent of {node.Name} is connected and tells its machines ready", BackSeconds,
            now => now.AllReady && now.Nodes[node.Name].AgentConnected
                && tree.Processes(LoopScript.Agent) is [var pid, ..] && !agents.Contains(pid)
                && now.Instances.Values.Where(i => i.Node == node.Name)
                    .All(i => i.Confirmed is { } at && at.At > before.Instances[i.Name].Confirmed?.At),
            cancel);
        stage.Tell(before, after);
        stage.CheckUntouched(machines, before.Instances.Keys);
        var (later, sameBoot) = await AskAsync(stage, web, cancel);
        stage.Check(
            sameBoot == boot && later > uptime,
            string.Create(CultureInfo.InvariantCulture,
                $"{web.Name} ran on: up {uptime:0.0} s -> {later:0.0} s, same boot {boot == sameBoot}"));
        stage.Check(
            after.Instances.Values.All(now => now.Generation == before.Instances[now.Name].Generation),
            "no generation has grown");
    }

    /// <summary>Asks the guest itself how long it has been up, and in which boot.</summary>
    private static async Task<(double Uptime, string Boot)> AskAsync(
        DemoStage stage, InstanceView web, CancellationToken cancel)
    {
        var address = IPAddress.Parse(web.Addresses[0].Address.Split('/')[0]);
        var answer = await WebLoad.GetAsync(
            stage.Plan.Namespace(LabNetwork.Controllers), new IPEndPoint(address, 80), "/cgi-bin/index.cgi", cancel);
        var match = AnswerShape().Match(answer);
        return match.Success
            ? (double.Parse(match.Groups["uptime"].Value, CultureInfo.InvariantCulture), match.Groups["boot"].Value)
            : throw new Tools.LabFailure($"{web.Name} answered something else: {answer}");
    }

    [GeneratedRegex(@"uptime=(?<uptime>[0-9.]+) boot=(?<boot>\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex AnswerShape();
}
