using System.CommandLine;
using Havm.Cli.Output;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

/// <summary>The word of whoever works on a guest from outside, as backup software does.</summary>
internal static class BusyVerb
{
    public static Command Busy()
    {
        Argument<string> name = Words.Name("instance", "instances");
        var length = new Option<string>("--for")
        {
            Description = "When it ends by itself, 1m to 24h from now", HelpName = "TIME",
        };
        length.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && Times.Parse(token.Value) is null)
            {
                result.AddError($"--for is \"{token.Value}\", not a time: write a whole number with s, m or h.");
            }
        });
        var why = new Option<string>("--why")
        {
            Description = "What is done with it, in a few words; \"backup or update\" when not given",
            HelpName = "TEXT",
        };
        var over = new Option<bool>("--over") { Description = "It is not busy any more, before its time" };
        var command = new Command(
            "busy", "While a guest is backed up or updated: its silence is no hang, and automation does not move it");
        command.Arguments.Add(name);
        command.Options.Add(length);
        command.Options.Add(why);
        command.Options.Add(over);
        command.Options.Add(CommonOptions.Output);
        command.Validators.Add(result =>
        {
            bool isTimed = result.GetResult(length) is { Implicit: false };
            bool isOver = result.GetResult(over) is { Implicit: false };
            if (isTimed == isOver)
            {
                result.AddError(isTimed
                    ? "--for and --over were given: it begins or it is over, so write one of them."
                    : "neither --for nor --over was given: write --for TIME, or --over when it is done.");
            }
            else if (isOver && result.GetResult(why) is { Implicit: false })
            {
                result.AddError("--why says what begins, and --over ends it: leave one of them out.");
            }
        });
        command.SetAction((parse, cancel) =>
        {
            string one = parse.GetRequiredValue(name);
            string path = $"v1/instances/{Words.Escape(one)}/busy";
            return Orders.RunAsync(
                parse, $"Instance/{one}",
                (client, token) => parse.GetValue(length) is { } time
                    ? client.PostAsync(
                        path, new BusyRequest((long)Times.Parse(time)!.Value.TotalSeconds, parse.GetValue(why)),
                        ApiJson.Default.BusyRequest, token)
                    : client.DeleteAsync(path, token),
                look: null, cancel);
        });
        return command;
    }
}
