using System.CommandLine;
using Havm.Cli.Doctor;
using Havm.Cli.Output;
using Havm.Fencing;

namespace Havm.Cli.Verbs;

/// <summary>Looks at a machine before or after it becomes a node or the controller's host.</summary>
internal static class DoctorVerb
{
    private static readonly Option<string[]> Configs = new("--config")
    {
        Description = "The node's or the controller's configuration; without it, those in /etc/havm",
        HelpName = "FILE",
    };

    private static readonly Option<string[]> Objects = new("--file", "-f")
    {
        Description = "Your objects, for the Node objects with their BMCs; without it, the running controller is asked",
        HelpName = "FILE",
    };

    private static readonly Option<string[]> SecondPaths = new("--second-path")
    {
        Description = "A datastore's second mount on this machine, as another node reaches it: do locks cross?",
        HelpName = "NAME=PATH",
    };

    private static readonly Option<bool> ArmWatchdog = new("--arm-watchdog")
    {
        Description = "Arm the watchdog for a moment; one that cannot be disarmed again resets this machine",
    };

    private static readonly Option<bool> Diagnosis = new("--diagnosis")
    {
        Description = "Look only at what can break in a node that was well, as its agent does when it is asked to",
    };

    private static readonly Option<int> Limit = new("--limit")
    {
        Description = "What was not looked at by then is skipped; 5 to 3600", HelpName = "SECONDS",
        DefaultValueFactory = _ => 600,
    };

    public static Command Doctor()
    {
        var command = new Command("doctor",
            "Look at this machine before or after it joins: accelerator, cgroups, clocks, datastores, BMCs, watchdog, "
            + "ports, space, programs, limits, memory, sensors; ends with 1 when one failed, with 0 when there are "
            + "only warnings");
        command.Options.Add(Configs);
        command.Options.Add(Objects);
        command.Options.Add(SecondPaths);
        command.Options.Add(ArmWatchdog);
        command.Options.Add(Diagnosis);
        command.Options.Add(Limit);
        command.Options.Add(CommonOptions.Output);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse, CancellationToken cancel)
    {
        string[] configs = parse.GetValue(Configs) ?? [];
        using var fence = new PowerFences(SiteReader.Fencing(configs));
        Site site = await SiteReader.ReadAsync(configs, parse.GetValue(Objects) ?? [], fence, cancel) with
        {
            SecondPaths = Paths(parse.GetValue(SecondPaths) ?? []),
            MayArmWatchdog = parse.GetValue(ArmWatchdog),
        };
        int limit = parse.GetValue(Limit);
        if (limit is < 5 or > 3600)
        {
            throw CliFailure.Of(
                ExitCodes.BadInput, $"{limit}", "--limit", "is not 5 to 3600", "600 suits most machines");
        }

        IReadOnlyList<CheckedThing> things = await Examination.RunAsync(
            parse.GetValue(Diagnosis) ? Examination.Diagnosis : Examination.Checks, site, TimeSpan.FromSeconds(limit),
            cancel);
        OutputFormat format = parse.GetValue(CommonOptions.Output);
        if (format == OutputFormat.Table)
        {
            var page = new Page(Screen.Here());
            DoctorTables.Show(site, things, page);
            Console.Out.WriteLine(string.Join('\n', page.Lines));
        }
        else
        {
            Viewer.Print(DoctorTables.Document(site, things), format);
        }

        return things.Any(thing => thing.Result == "fail") ? ExitCodes.Failed : ExitCodes.Ok;
    }

    private static Dictionary<string, string> Paths(string[] texts)
    {
        var paths = new Dictionary<string, string>();
        foreach (string text in texts)
        {
            paths[text.Split('=')[0]] = text.Split('=', 2) is [{ Length: > 0 }, { Length: > 0 } path]
                ? path
                : throw CliFailure.Of(ExitCodes.BadInput, text, "--second-path", "is no NAME=PATH",
                    "write the datastore's name, =, and the second mount");
        }

        return paths;
    }
}
