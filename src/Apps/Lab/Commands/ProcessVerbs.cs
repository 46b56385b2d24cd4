using System.CommandLine;
using Havm.Lab.Ground;

namespace Havm.Lab.Commands;

/// <summary>restart-agent, restart-warden, restart-controller, stop-controller, start-controller.</summary>
internal static class ProcessVerbs
{
    private static readonly Argument<string> Node = new("NODE");
    private static readonly Option<bool> Kill = new("--kill") { Description = "SIGKILL instead of SIGTERM" };

    public static IEnumerable<Command> All() =>
    [
        OnNode("restart-agent", "End a node's agent; its init starts it again",
            (restarts, node, kill) => restarts.AgentAsync(node, kill)),
        OnNode("restart-warden", "End a node's warden; its init starts it again",
            (restarts, node, kill) => restarts.WardenAsync(node, kill)),
        Controller(),
        StopController(),
        StartController(),
    ];

    private static Command OnNode(string name, string description, Func<Restarts, NodePlan, bool, Task> act)
    {
        var verb = new Command(name, description) { Node, Kill, LabCommandLine.Name };
        verb.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, plan => act(
            new Restarts(plan), LabTarget.Node(plan, parse.GetRequiredValue(Node)), parse.GetValue(Kill))));
        return verb;
    }

    private static Command Controller()
    {
        var verb = new Command("restart-controller", "End the controller; its loop starts it again")
        {
            Kill, LabCommandLine.Name,
        };
        verb.SetAction((parse, _) => LabCommandLine.ChangeAsync(
            parse, plan => new Restarts(plan).ControllerAsync(parse.GetValue(Kill))));
        return verb;
    }

    private static Command StopController()
    {
        var verb = new Command("stop-controller", "End the controller in good order and keep it away")
        {
            LabCommandLine.Name,
        };
        verb.SetAction((parse, _) => LabCommandLine.ChangeAsync(
            parse, plan => new Restarts(plan).StopControllerAsync()));
        return verb;
    }

    private static Command StartController()
    {
        var verb = new Command("start-controller", "Start a controller that was stopped") { LabCommandLine.Name };
        verb.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, plan =>
        {
            new Restarts(plan).StartController();
            return Task.CompletedTask;
        }));
        return verb;
    }
}
