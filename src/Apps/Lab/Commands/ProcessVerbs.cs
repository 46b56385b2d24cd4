using System.CommandLine;
using Havm.Lab.Ground;

namespace Havm.Lab.Commands;

/// <summary>restart-agent, restart-warden, restart-controller, stop-controller, start-controller.</summary>
internal static class ProcessVerbs
{
    private static readonly Argument<string> Node = LabCommandLine.Nodes("NODE");
    private static readonly Option<bool> Kill = new("--kill") { Description = "SIGKILL instead of SIGTERM" };

    public static IEnumerable<Command> All() =>
    [
        OnNode("restart-agent", "agent", (restarts, node, kill) => restarts.AgentAsync(node, kill)),
        OnNode("restart-warden", "warden", (restarts, node, kill) => restarts.WardenAsync(node, kill)),
        Controller(),
        StopController(),
        StartController(),
    ];

    private static Command OnNode(string name, string part, Func<Restarts, NodePlan, bool, Task> act)
    {
        var verb = new Command(name, $"End a node's {part}; its init starts it again")
        {
            Node, Kill, LabCommandLine.Name,
        };
        verb.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, async plan =>
        {
            var node = LabTarget.Node(plan, parse.GetRequiredValue(Node));
            await act(new Restarts(plan), node, parse.GetValue(Kill));
            return $"the {part} of {node.Name} has ended; the node's init starts it again";
        }));
        return verb;
    }

    private static Command Controller()
    {
        var verb = new Command("restart-controller", "End the controller; its loop starts it again")
        {
            Kill, LabCommandLine.Name,
        };
        verb.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, async plan =>
        {
            await new Restarts(plan).ControllerAsync(parse.GetValue(Kill));
            return "the controller has ended; its loop starts it again";
        }));
        return verb;
    }

    private static Command StopController()
    {
        var verb = new Command("stop-controller", "End the controller and keep it away")
        {
            Kill, LabCommandLine.Name,
        };
        verb.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, async plan =>
        {
            await new Restarts(plan).StopControllerAsync(parse.GetValue(Kill));
            return "the controller has stopped; havm lab start-controller lets it come back";
        }));
        return verb;
    }

    private static Command StartController()
    {
        var verb = new Command("start-controller", "Start a controller that was stopped, and wait until it answers")
        {
            LabCommandLine.Name,
        };
        verb.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, async plan =>
        {
            await new Restarts(plan).StartControllerAsync();
            return "the controller is back and answers";
        }));
        return verb;
    }
}
