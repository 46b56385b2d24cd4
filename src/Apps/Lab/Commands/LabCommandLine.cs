using System.CommandLine;
using System.CommandLine.Completions;
using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Commands;

/// <summary>The command line as a whole: its verbs, and how failures end it (0 done, 1 failed, 2 refused).</summary>
internal static class LabCommandLine
{
    /// <summary>How people come here: `havm` hands over to this executable.</summary>
    private const string AsTyped = "havm lab";

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
            // A misspelt word is told before what it leaves missing.
            var message = parsed.UnmatchedTokens is [var word, ..]
                ? $"\"{word}\" is not known here."
                : parsed.Errors[0].Message;
            var words = message.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries);
            var verb = parsed.CommandResult.Command == root ? "" : $" {parsed.CommandResult.Command.Name}";
            Console.Error.WriteLine($"{AsTyped}{verb}: {string.Join(' ', words)} See {AsTyped}{verb} --help.");
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
            Say($"machine: rights: {denied.Message} Run it as root.");
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

    /// <summary>A verb that changes a lab that is up, alone, and says in one line what was done.</summary>
    public static async Task ChangeAsync(ParseResult parse, Func<LabPlan, Task<string>> change)
    {
        var name = NameOf(parse);
        LabRecord.Plan(name);
        using var held = await LabLock.TakeAsync(name);
        Console.Out.WriteLine(await change(LabRecord.Plan(name)));
    }

    /// <summary>The name of a node of the lab with the default name, for the shell to complete.</summary>
    public static Argument<string> Nodes(string name, string? description = null) =>
        Completed(name, description, plan => plan.Nodes.Select(node => node.Name));

    /// <summary>The same, or a rack.</summary>
    public static Argument<string> Targets(string name, string description) =>
        Completed(name, description, plan =>
            [.. plan.Nodes.Select(node => node.Name), .. plan.Racks.Select(rack => $"rack:{rack}")]);

    /// <summary>An argument whose values a lab that is up can tell.</summary>
    public static Argument<string> Completed(
        string name, string? description, Func<LabPlan, IEnumerable<string>> values)
    {
        var argument = new Argument<string>(name) { Description = description };
        argument.CompletionSources.Add(context =>
        {
            var typed = context.ParseResult.GetResult(argument)?.Tokens is [var token, ..] ? token.Value : null;
            try
            {
                return typed is null || typed == context.WordToComplete
                    ? values(LabRecord.Plan(LabRequest.DefaultName)).Select(value => new CompletionItem(value))
                    : [];
            }
            catch (LabRefusal)
            {
                // No lab is up: there is nothing to offer, and nobody to tell.
                return [];
            }
        });
        return argument;
    }

    public static LabPlan PlanOf(ParseResult parse) => LabRecord.Plan(NameOf(parse));

    public static string NameOf(ParseResult parse)
    {
        var name = parse.GetRequiredValue(Name);
        LabRequest.RefuseName(name);
        return name;
    }

    private static void Say(string message) => Console.Error.WriteLine($"{AsTyped}: {message}");
}
