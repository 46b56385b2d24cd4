using System.CommandLine;
using Havm.Cli.Controller;
using Havm.Cli.Output;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

/// <summary>Wishes by file: apply and delete.</summary>
internal static class ApplyVerbs
{
    private static readonly Option<string[]> Files = new("--file", "-f")
    {
        Description = "YAML or JSON; - is standard input; several files count as one: all of them or nothing",
        HelpName = "FILE|-",
        Required = true,
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Only say what would be done, with every error and warning",
    };

    public static Command Apply()
    {
        var command = new Command("apply", "Make the cluster be what files say; objects are replaced by name");
        command.Options.Add(Files);
        command.Options.Add(DryRun);
        command.Options.Add(CommonOptions.Output);
        command.Waiting().SetAction((parse, cancel) => RunAsync(parse, "v1/apply", Settled, cancel));
        return command;
    }

    public static Command Delete()
    {
        var command = new Command("delete", "Remove the objects that files name");
        command.Options.Add(Files);
        command.Options.Add(DryRun);
        command.Options.Add(CommonOptions.Output);
        command.Waiting().SetAction((parse, cancel) => RunAsync(parse, "v1/delete", Gone, cancel));
        return command;
    }

    /// <summary>What is still lacking until an object is as wished; null when nothing is.</summary>
    public static Waiter.LookAsync Settled(string kind, string name) => async (client, cancel) =>
    {
        StatusView status = (await client.GetAsync(
            $"v1/objects/{kind}/{Words.Escape(name)}", ApiJson.Default.ObjectView, cancel)).Status;
        return status.Settled
            ? new Waiter.Seen(null, Pending(status))
            : Lack(status.Phase, status.Reason);
    };

    /// <summary>
    /// What is still lacking until an object is gone, and with it every instance that it asked for: while one still
    /// stops, its disks, its addresses and its place are taken.
    /// </summary>
    public static Waiter.LookAsync Gone(string kind, string name) => async (client, cancel) =>
    {
        if (await client.FindAsync(
            $"v1/objects/{kind}/{Words.Escape(name)}", ApiJson.Default.ObjectView, cancel) is { } left)
        {
            return left.Status.Phase;
        }

        IEnumerable<InstanceView> instances = kind switch
        {
            "VirtualMachine" => await client.FindAsync(
                $"v1/instances/{Words.Escape(name)}", ApiJson.Default.InstanceView, cancel) is { } one ? [one] : [],
            "Service" => (await client.GetAsync(
                "v1/instances", ApiJson.Default.ListViewInstanceView, cancel)).Items,
            _ => [],
        };
        string[] lacking =
        [
            .. instances.Where(each => each.Owner == $"{kind}/{name}").Select(each => $"{each.Name} {each.Phase}"),
        ];
        return lacking.Length == 0 ? null : string.Join(", ", lacking);
    };

    private static string? Pending(StatusView status)
    {
        string[] told =
        [
            .. status.Conditions.Where(c => c is { Type: ConditionView.PendingRestart, Status: "true" })
                .Select(c => c.Message),
        ];
        return told.Length == 0 ? null : string.Join("; ", told);
    }

    /// <summary>"starting (on n3)".</summary>
    public static string Lack(string phase, Reason? reason) => reason is null ? phase : $"{phase} ({reason.Message})";

    private static async Task<int> RunAsync(
        ParseResult parse, string path, Func<string, string, Waiter.LookAsync> look, CancellationToken cancel)
    {
        SourceText source = SourceText.Read(parse.GetRequiredValue(Files));
        using var client = new ControllerClient(parse.GetRequiredValue(CommonOptions.Socket));
        bool dry = parse.GetValue(DryRun);
        byte[] answer;
        try
        {
            answer = await client.PostTextAsync(dry ? $"{path}?dryRun=true" : path, source.Text, cancel);
        }
        catch (AnswerFailure failure)
        {
            ErrorPrinter.Print(failure.Errors, source.Place);
            return failure.ExitCode;
        }

        Viewer.Print(answer, parse.GetValue(CommonOptions.Output), ApiJson.Default.ApplyResult, Render);
        ApplyResult result = ControllerClient.Read(answer, ApiJson.Default.ApplyResult);
        foreach (AppliedObject each in result.Objects)
        {
            foreach (string warning in each.Warnings.IsDefault ? [] : each.Warnings)
            {
                ErrorPrinter.Warn($"{each.Kind}/{each.Name}", warning);
            }
        }

        foreach (AppliedObject each in dry ? [] : result.Objects)
        {
            await Waiter.UntilAsync(parse, client, $"{each.Kind}/{each.Name}", look(each.Kind, each.Name), cancel);
        }

        return ExitCodes.Ok;
    }

    public static void Render(ApplyResult result, Page page)
    {
        foreach (AppliedObject each in result.Objects)
        {
            string done = each.Outcome.ToString().ToLowerInvariant();
            string words = !result.DryRun ? done : each.Outcome == ApplyOutcome.Unchanged ? done : $"would be {done}";
            string more = each.Message is { } message && !result.DryRun ? $": {message}" : "";
            page.Raw($"{each.Kind}/{each.Name} {words}{more}");
        }
    }
}
