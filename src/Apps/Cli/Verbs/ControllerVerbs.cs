using System.CommandLine;
using Havm.Cli.Controller;
using Havm.Cli.Output;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

/// <summary>Before and after a planned stop of the controller.</summary>
internal static class ControllerVerbs
{
    private const string Subject = "Controller";

    public static Command Controller()
    {
        var controller = new Command("controller", "The controller's own planned absence");
        controller.Subcommands.Add(Hold());
        controller.Subcommands.Add(Release());
        return controller;
    }

    private static Command Hold()
    {
        var length = new Option<string>("--for")
        {
            Description = "How long nodes go on without a controller, 1m to 24h; until then no lease is a proof",
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
            "hold", "Grant every node a long lease before a planned stop, so that lease-bound instances live on");
        command.Options.Add(length);
        command.Options.Add(CommonOptions.Output);
        command.Waiting().SetAction((parse, cancel) =>
        {
            var seconds = (long)Times.Parse(parse.GetRequiredValue(length))!.Value.TotalSeconds;
            return RunAsync(
                parse, "granted", "said that it holds it",
                "its lease-bound instances end with its ordinary lease",
                (client, token) => client.PostAsync(
                    "v1/controller/hold", new HoldRequest(seconds), ApiJson.Default.HoldRequest, token),
                cancel);
        });
        return command;
    }

    private static Command Release()
    {
        var command = new Command("release", "End the long lease, so that the end of a lease is a proof again");
        command.Options.Add(CommonOptions.Output);
        command.Waiting().SetAction((parse, cancel) => RunAsync(
            parse, "ending", "acknowledged its end",
            "no lease is a proof until it does, or is proven dead, or the long lease has run out",
            (client, token) => client.PostAsync("v1/controller/release", token), cancel));
        return command;
    }

    /// <summary>Orders, waits for every node that speaks, and names those that are silent.</summary>
    private static async Task<int> RunAsync(
        ParseResult parse, string state, string deed, string otherwise,
        Func<ControllerClient, CancellationToken, Task<byte[]>> send, CancellationToken cancel)
    {
        LongLeaseView? seen = null;
        int exit = await Orders.RunAsync(parse, Subject, send, LookAsync, cancel);
        foreach (LongLeaseNodeView silent in seen?.Missing ?? [])
        {
            ErrorPrinter.Warn($"Node/{silent.Node}", $"is silent and has not {deed}: {otherwise}");
        }

        return exit;

        async Task<Waiter.Seen> LookAsync(ControllerClient client, CancellationToken token)
        {
            seen = (await client.GetAsync("v1/status", ApiJson.Default.ClusterStatusView, token)).LongLease;
            if (seen is null || seen.State != state)
            {
                return null;
            }

            string[] lacking = [.. seen.Missing.Where(node => node.Speaks).Select(node => node.Node)];
            return lacking.Length == 0 ? null : $"{string.Join(", ", lacking)} must yet have {deed}";
        }
    }
}
