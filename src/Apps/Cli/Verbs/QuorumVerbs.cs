using System.CommandLine;
using Havm.Cli.Controller;
using Havm.Cli.Output;
using Havm.Cli.Tables;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

/// <summary>Groups that decide by majority.</summary>
internal static class QuorumVerbs
{
    private static readonly Argument<string?> Name = new("group")
    {
        Description = "The quorum group; without it, all", HelpName = "GROUP", Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> Apply = new("--apply")
    {
        Description = "Make the moves that help, one at a time, each once the one before is well; it can be "
            + "interrupted, and run again",
    };

    public static Command Quorum()
    {
        var check = new Command(
            "check",
            "What each rack, node and update domain would cost a group that decides by majority, and what would help; "
                + "ends with 1 when one of them can cost it its majority");
        check.Arguments.Add(Name);
        check.Options.Add(Apply);
        check.Options.Add(CommonOptions.Timeout);
        check.Options.Add(CommonOptions.Output);
        check.SetAction(CheckAsync);
        Name.CompletionSources.Add(context => Words.Names(context, "v1/quorum"));
        return new Command("quorum", "Groups that decide by majority") { check };
    }

    private static async Task<int> CheckAsync(ParseResult parse, CancellationToken cancel)
    {
        using var client = new ControllerClient(parse.GetRequiredValue(CommonOptions.Socket));
        if (parse.GetValue(Apply))
        {
            foreach (QuorumView group in (await LookAsync(parse, client, cancel)).Items)
            {
                await ApplyAsync(parse, client, group, cancel);
            }
        }

        if (parse.GetValue(Name) is { } name)
        {
            byte[] answer = await client.GetAsync(Path(name), cancel);
            Viewer.Print(answer, CommonOptions.FormatOf(parse), ApiJson.Default.QuorumView, QuorumTables.Show);
        }
        else
        {
            byte[] answer = await client.GetAsync("v1/quorum", cancel);
            Viewer.Print(answer, CommonOptions.FormatOf(parse), ApiJson.Default.ListViewQuorumView, QuorumTables.List);
        }

        return (await LookAsync(parse, client, cancel)).Items.All(group => group.Verdict == "safe")
            ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static async Task<ListView<QuorumView>> LookAsync(
        ParseResult parse, ControllerClient client, CancellationToken cancel)
    {
        var all = await client.GetAsync("v1/quorum", ApiJson.Default.ListViewQuorumView, cancel);
        return parse.GetValue(Name) is { } name
            ? all with { Items = [.. all.Items.Where(group => group.Name == name)] } : all;
    }

    /// <summary>Asked anew after each move: what is true by then may be another thing than at the begin.</summary>
    private static async Task ApplyAsync(
        ParseResult parse, ControllerClient client, QuorumView group, CancellationToken cancel)
    {
        for (int made = 0; made < group.Voters.Length && !group.Moves.IsEmpty; made++)
        {
            if (group.WitnessVotes is { } votes)
            {
                throw CliFailure.Of(
                    ExitCodes.Failed, $"QuorumGroup/{group.Name}", "--apply", "has no placement that helps by itself",
                    $"write witnessVotes: {votes} once there is such a witness, and repeat");
            }

            VoterMoveView move = group.Moves[0];
            Console.Error.WriteLine($"Instance/{move.Instance}: moves from {move.From} to {move.To} in {move.Rack}");
            await client.PostAsync(
                $"{VmVerbs.Path(move.Instance)}/move", new MoveRequest(move.To), ApiJson.Default.MoveRequest, cancel);
            await Waiter.ComesTrueAsync(
                parse, client, $"Instance/{move.Instance}", VmVerbs.Settled(move.Instance), cancel);
            group = await client.GetAsync(Path(group.Name), ApiJson.Default.QuorumView, cancel);
        }
    }

    private static string Path(string name) => $"v1/quorum/{Words.Escape(name)}";
}
