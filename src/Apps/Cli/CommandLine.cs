using System.CommandLine;
using System.CommandLine.Help;
using Havm.Cli.Doctor;
using Havm.Cli.Output;
using Havm.Cli.Verbs;
using Havm.Model;
using Havm.Specs;

namespace Havm.Cli;

/// <summary>The command line as a whole: its verbs, and how every command ends.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["lab", .. var rest])
        {
            return LabVerb.HandOver(rest);
        }

        if (arguments is [var directive, var line] && CompletionVerb.Position(directive) is { } position)
        {
            return CompletionVerb.Suggest(Root(), line, position);
        }

        if (arguments is [DatastoreCheck.TryLock, var locked])
        {
            return DatastoreCheck.AnswerTry(locked);
        }

        ParseResult parsed = Root().Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            ErrorPrinter.Print([UsageError(parsed)]);
            return ExitCodes.BadInput;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (CliFailure failure)
        {
            ErrorPrinter.Print(failure.Errors);
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (IOException broken) when (broken.HResult == BrokenPipe)
        {
            // The reader of our output went away ("havm event list | head"): it has what it wanted.
            return ExitCodes.Ok;
        }
    }

    /// <summary>Every verb there is; the reference page and the completion scripts are made from it.</summary>
    public static RootCommand Root()
    {
        var root = new RootCommand($"Runs virtual machines on a cluster and keeps them running.\n\n{ExitCodes.Help}");
        root.Options.Add(CommonOptions.Socket);
        Command[] verbs =
        [
            ApplyVerbs.Apply(), ApplyVerbs.Delete(), GetVerb.Get(), SchemaVerb.Schema(), NodeVerbs.Node(),
            VmVerbs.Vm(), ServiceVerbs.Service(), QuorumVerbs.Quorum(), IncidentVerbs.Incident(), ReportVerb.Report(),
            EventVerbs.Event(), StatusVerb.Status(),
            ArmVerbs.Disarm(), ArmVerbs.Arm(), ControllerVerbs.Controller(), StoreVerbs.Store(),
            SnapshotVerb.Snapshot(), SimulateVerbs.Simulate(), SimulateVerbs.Conformance(), ExploreVerb.Explore(),
            ReplayVerb.Replay(),
            DoctorVerb.Doctor(), SupportVerb.Support(), LabVerb.Lab(), CompletionVerb.Completion(),
        ];
        foreach (Command verb in verbs)
        {
            root.Subcommands.Add(verb);
        }

        return root;
    }

    /// <summary>The first thing that is wrong; a misspelt word is told before what it leaves missing.</summary>
    private static SpecError UsageError(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string path = string.Join(' ', PathOf(command));
        if (parsed.UnmatchedTokens is [var word, ..])
        {
            string[] known = word.StartsWith('-')
                ? [.. command.Options.Select(option => option.Name)]
                : [.. command.Subcommands.Select(verb => verb.Name)];
            string remedy = NearestWord.Find(word, known) is { } meant
                ? $"did you mean \"{meant}\"?"
                : $"see {path} --help";
            return new SpecError($"{path} {word}", "", $"\"{word}\" is not known here", remedy);
        }

        return new SpecError(path, "", Words.OfParser(parsed.Errors[0].Message), $"see {path} --help");
    }

    // EPIPE as the runtime reports it.
    private const int BrokenPipe = 32;

    private static IEnumerable<string> PathOf(Command command)
    {
        Command? parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? ["havm"] : PathOf(parent).Append(command.Name);
    }
}
