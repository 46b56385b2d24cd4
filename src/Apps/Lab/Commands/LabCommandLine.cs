using System.CommandLine;
using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Commands;

/// <summary>The command line as a whole: its verbs, and how failures end it (0 done, 1 failed, 2 refused).</summary>
internal static class LabCommandLine
{
    private const int Failed = 1;
    private const int Refused = 2;

    /// <summary>
    /// What a verb may take after Ctrl-C to take back what it began; a whole lab takes a few seconds.
    /// </summary>
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromMinutes(1);

    /// <summary>Which lab a verb is for.</summary>
    public static readonly Option<string> Name = new("--name")
    {
        Description = "The lab's name: 1 to 6 lower-case letters and digits",
        DefaultValueFactory = _ => LabRequest.DefaultName,
    };

    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand("A whole cluster on one machine: nodes, racks, BMCs, and every fault by command.");
        Command[] verbs =
        [
            .. RunVerb.All(), .. GroundVerbs.All(), .. PowerVerbs.All(), .. CableVerbs.All(), .. GuestVerbs.All(),
            .. ProcessVerbs.All(), .. ObserveVerbs.All(),
        ];
        foreach (var verb in verbs)
        {
            root.Subcommands.Add(verb);
        }

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            var words = parsed.Errors[0].Message.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries);
            var why = string.Join(' ', words);
            Say($"{parsed.CommandResult.Command.Name}: {why} "
                + $"See havm-lab {string.Join(' ', arguments.Take(1))} --help.");
            return Refused;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = CleanUpTime,
            });
        }
        catch (LabRefusal refusal)
        {
            Say(refusal.Message);
            return Refused;
        }
        catch (UnauthorizedAccessException denied)
        {
            Say($"machine: rights: {denied.Message} Run havm-lab as root.");
            return Refused;
        }
        catch (OperationCanceledException)
        {
            Say("interrupted: everything that was begun has been taken back.");
            return Failed;
        }
        catch (Exception trouble) when (trouble is LabFailure or ApiRefusal or IOException or HttpRequestException)
        {
            Say(trouble.Message);
            return Failed;
        }
    }

    /// <summary>A verb that changes a lab that is up, alone.</summary>
    public static async Task ChangeAsync(ParseResult parse, Func<LabPlan, Task> change)
    {
        var name = NameOf(parse);
        LabRecord.Plan(name);
        using var held = await LabLock.TakeAsync(name);
        await change(LabRecord.Plan(name));
    }

    public static LabPlan PlanOf(ParseResult parse) => LabRecord.Plan(NameOf(parse));

    public static string NameOf(ParseResult parse)
    {
        var name = parse.GetRequiredValue(Name);
        LabRequest.RefuseName(name);
        return name;
    }

    private static void Say(string message) => Console.Error.WriteLine($"havm-lab: {message}");
}
