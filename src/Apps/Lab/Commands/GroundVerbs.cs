using System.CommandLine;
using Havm.Lab.Chassis;
using Havm.Lab.Ground;
using Havm.Lab.Tools;
using Spectre.Console;

namespace Havm.Lab.Commands;

/// <summary>up, down, status, and the chassis process that up starts.</summary>
internal static class GroundVerbs
{
    private static readonly Option<bool> Replace = new("--replace")
    {
        Description = "Take a living lab of the same name down first",
    };

    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "table or json",
        DefaultValueFactory = _ => "table",
    };

    public static IEnumerable<Command> All()
    {
        Output.AcceptOnlyFromAmong("table", "json");
        var up = new Command("up", "Build a lab and give power to all its nodes")
        {
            LabCommandLine.Name, Replace,
        };
        UpOptions.AddTo(up);
        up.SetAction(UpAsync);
        var down = new Command("down", "Take a lab away; nothing of it remains") { LabCommandLine.Name };
        down.SetAction(DownAsync);
        var status = new Command("status", "Show a lab's nodes, cables and BMCs") { LabCommandLine.Name, Output };
        status.SetAction(parse => Show(LabStatus.Read(LabCommandLine.PlanOf(parse)), parse.GetRequiredValue(Output)));
        var where = new Option<string>("--dir") { Description = "The lab's directory", Required = true };
        var chassis = new Command("chassis", "Serve a lab's BMCs and watchdogs (started by up)") { where };
        chassis.Hidden = true;
        chassis.SetAction((parse, _) => ChassisAsync(parse.GetRequiredValue(where)));
        return [up, down, status, chassis];
    }

    private static async Task<int> UpAsync(ParseResult parse, CancellationToken cancel)
    {
        var request = UpOptions.Read(parse);
        using var held = await LabLock.TakeAsync(request.Name, cancel);
        var plan = request.ToPlan();
        if (LabGround.IsUp(request.Name) && !parse.GetValue(Replace))
        {
            throw new LabRefusal(
                $"lab '{request.Name}'", "--name", "a lab of this name is up",
                $"See havm lab status --name {request.Name}, take it down, or add --replace");
        }

        UpOptions.WarnOfLimits();
        await LabGround.UpAsync(plan, cancel);
        AnsiConsole.WriteLine(
            $"lab '{plan.Name}' is up: {plan.Nodes.Count} nodes in {plan.Racks.Count} racks at {plan.Directory}");
        return 0;
    }

    private static async Task<int> DownAsync(ParseResult parse, CancellationToken cancel)
    {
        var name = LabCommandLine.NameOf(parse);
        if (LabRecord.Find(name) is null)
        {
            // Nothing is recorded; a plan in the default directory may still have outlived a reboot.
            LabRecord.Plan(name);
        }

        using var held = await LabLock.TakeAsync(name, cancel);
        await LabGround.ClearAsync(name);
        AnsiConsole.WriteLine($"lab '{name}' is down");
        return 0;
    }

    private static async Task<int> ChassisAsync(string directory)
    {
        var plan = LabFiles.ReadJson<LabPlan>(new LabPaths(directory).Plan) ?? throw new LabRefusal(
            "chassis", "--dir", $"'{directory}' holds no lab", "Let havm lab up start the chassis");
        await ChassisHost.RunAsync(plan);
        return 0;
    }

    private static int Show(LabStatus status, string output)
    {
        if (output == "json")
        {
            Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(status, LabFiles.Json));
            return 0;
        }

        AnsiConsole.WriteLine(
            $"lab '{status.Name}' {status.Phase} at {status.Directory}; controller "
            + $"{(status.Controller ? "runs" : "does not run")}, chassis {(status.Chassis ? "runs" : "does not run")}");
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = 200;
        }

        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("NODE", "RACK", "ADDRESS", "POWER", "CABLE");
        table.AddColumns("BMC", "DATASTORE", "AGENT", "WARDEN", "INSTANCES");
        foreach (var node in status.Nodes)
        {
            var cable = (node.Cut ?? node.RackCut) is { } cut ? $"cut {cut}" : "whole";
            table.AddRow(
                node.Name, node.Rack, node.Address, $"{node.Power}", cable, $"{node.Bmc.Mode}", node.Datastore ?? "-",
                node.Agent ? "runs" : "-", node.Warden ? "runs" : "-", string.Join(' ', node.Instances));
        }

        AnsiConsole.Write(table);
        return 0;
    }
}
