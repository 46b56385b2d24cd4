using System.CommandLine;
using Havm.Cli.Controller;
using Havm.Cli.Output;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

/// <summary>Automation as a whole: off for a while, and on again.</summary>
internal static class ArmVerbs
{
    private const string Subject = "Cluster";

    public static Command Disarm()
    {
        var mode = new Option<string>("--mode")
        {
            Description = "freeze: nothing is started, stopped or fenced; hands-off: the same, and people may start, "
                + "stop and move machines by hand meanwhile",
            HelpName = "MODE",
            Required = true,
        };
        mode.AcceptOnlyFromAmong("freeze", "hands-off");
        var length = new Option<string>("--for")
        {
            Description = "When it ends by itself, 1m to 72h from now",
            HelpName = "TIME",
            Required = true,
        };
        length.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && Times.Parse(token.Value) is null)
            {
                result.AddError($"--for is \"{token.Value}\", not a time: write a whole number with s, m or h.");
            }
        });
        var command = new Command(
            "disarm", "Switch automation off for a while: nothing is started, stopped or fenced, no lease is a proof");
        command.Options.Add(mode);
        command.Options.Add(length);
        command.Options.Add(CommonOptions.Output);
        command.Waiting().SetAction((parse, cancel) =>
        {
            var seconds = (long)Times.Parse(parse.GetRequiredValue(length))!.Value.TotalSeconds;
            return RunAsync(
                parse, "inForce", "may still stop its own instances with its lease",
                (client, token) => client.PostAsync(
                    "v1/disarm", new DisarmRequest(parse.GetRequiredValue(mode), seconds),
                    ApiJson.Default.DisarmRequest, token),
                cancel);
        });
        return command;
    }

    public static Command Arm()
    {
        var command = new Command("arm", "Switch automation on again, before its time");
        command.Options.Add(CommonOptions.Output);
        command.Waiting().SetAction((parse, cancel) => RunAsync(
            parse, "rearming", "no lease is a proof until it does, or is proven dead",
            (client, token) => client.PostAsync("v1/arm", token), cancel));
        return command;
    }

    /// <summary>Orders, waits for every node that speaks, and names those that are silent.</summary>
    private static async Task<int> RunAsync(
        ParseResult parse, string state, string otherwise,
        Func<ControllerClient, CancellationToken, Task<byte[]>> send, CancellationToken cancel)
    {
        DisarmView? seen = null;
        int exit = await Orders.RunAsync(parse, Subject, send, LookAsync, cancel);
        foreach (DisarmNodeView silent in seen?.Missing ?? [])
        {
            ErrorPrinter.Warn($"Node/{silent.Node}", $"is silent and has not acknowledged: {otherwise}");
        }

        return exit;

        async Task<Waiter.Seen> LookAsync(ControllerClient client, CancellationToken token)
        {
            seen = (await client.GetAsync("v1/status", ApiJson.Default.ClusterStatusView, token)).Disarm;
            if (state == "rearming" && seen is { State: "lookingAround" })
            {
                return "every node is searched for what was moved or started by hand";
            }

            if (seen is null || seen.State != state)
            {
                return null;
            }

            string[] lacking = [.. seen.Missing.Where(node => node.Speaks).Select(node => node.Node)];
            return lacking.Length == 0 ? null : $"{string.Join(", ", lacking)} must yet acknowledge";
        }
    }
}
