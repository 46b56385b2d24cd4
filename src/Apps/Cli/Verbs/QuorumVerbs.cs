using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
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
        Description = "Make the moves that help, one at a time, each once the one before is well and none that would "
            + "cost the majority meanwhile; it can be interrupted, and run again",
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
        OutputFormat format = CommonOptions.FormatOf(parse);
        string? name = parse.GetValue(Name);
        if (parse.GetValue(Apply))
        {
            IEnumerable<string> names = name is null
                ? (await client.GetAsync("v1/quorum", ApiJson.Default.ListViewQuorumView, cancel)).Items
                    .Select(group => group.Name)
                : [name];
            foreach (string group in names)
            {
                await ApplyAsync(parse, client, group, cancel);
            }
        }

        ImmutableArray<QuorumView> found;
        if (name is null)
        {
            byte[] answer = await client.GetAsync("v1/quorum", cancel);
            Viewer.Print(answer, format, ApiJson.Default.ListViewQuorumView, QuorumTables.List);
            found = JsonSerializer.Deserialize(answer, ApiJson.Default.ListViewQuorumView)!.Items;
        }
        else
        {
            byte[] answer = await client.GetAsync(Path(name), cancel);
            Viewer.Print(answer, format, ApiJson.Default.QuorumView, QuorumTables.Show);
            found = [JsonSerializer.Deserialize(answer, ApiJson.Default.QuorumView)!];
        }

        return found.All(group => group.Verdict == "safe") ? ExitCodes.Ok : ExitCodes.Failed;
    }

    /// <summary>Asked anew before each move: what is true by then may be another thing than at the begin.</summary>
    private static async Task ApplyAsync(
        ParseResult parse, ControllerClient client, string name, CancellationToken cancel)
    {
        QuorumView group = await client.GetAsync(Path(name), ApiJson.Default.QuorumView, cancel);
        for (int left = group.Voters.Length; left > 0 && !group.Moves.IsEmpty; left--)
        {
            VoterMoveView move = group.Moves[0];
            Refuse(group, move);
            Console.Error.WriteLine($"Instance/{move.Instance}: moves from {move.From} to {move.To} in {move.Rack}");
            InstanceView before = await client.GetAsync(
                VmVerbs.Path(move.Instance), ApiJson.Default.InstanceView, cancel);
            await client.PostAsync(
                $"{VmVerbs.Path(move.Instance)}/move", new MoveRequest(move.To), ApiJson.Default.MoveRequest, cancel);
            await Waiter.ComesTrueAsync(
                parse, client, $"Instance/{move.Instance}", Well(move, before.Phase == "ready"), cancel);
            group = await client.GetAsync(Path(name), ApiJson.Default.QuorumView, cancel);
        }
    }

    /// <summary>
    /// An order that names the instance is obeyed whatever it costs: this one is not to cost the majority.
    /// </summary>
    private static void Refuse(QuorumView group, VoterMoveView move)
    {
        if (group.WitnessVotes is { } witness)
        {
            throw CliFailure.Of(
                ExitCodes.Failed, $"QuorumGroup/{group.Name}", "--apply", "has no placement that helps by itself",
                $"write witnessVotes: {witness} once there is such a witness, and repeat");
        }

        VoterView going = group.Voters.First(voter => voter.Instance == move.Instance);
        int without = group.VotesNow - (going.Counts ? going.Votes : 0);
        if (without < group.Majority)
        {
            string[] away = [.. group.Voters.Where(voter => !voter.Counts).Select(voter => voter.Instance)];
            throw CliFailure.Of(
                ExitCodes.Failed, $"QuorumGroup/{group.Name}", "--apply",
                $"would have {without} of {group.Votes} votes while {move.Instance} moves, and needs {group.Majority}",
                away.Length > 0
                    ? $"repeat once {string.Join(" and ", away)} can be counted on (havm vm show)"
                    : "add a vote or a witness; havm vm move makes the move in spite of it");
        }
    }

    /// <summary>It runs there, and where its guest had said that it is ready it has said so again.</summary>
    private static Waiter.LookAsync Well(VoterMoveView move, bool wasReady) => async (client, cancel) =>
    {
        InstanceView now = await client.GetAsync(VmVerbs.Path(move.Instance), ApiJson.Default.InstanceView, cancel);
        return now.Settled && now.Node == move.To && (!wasReady || now.Phase == "ready")
            ? null : ApplyVerbs.Lack(now.Phase, now.Reason);
    };

    private static string Path(string name) => $"v1/quorum/{Words.Escape(name)}";
}
