using System.CommandLine;
using System.Text;
using Havm.Cli.Controller;
using Havm.Cli.Output;
using Havm.Cli.Tables;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

/// <summary>The history: what is there, and what comes.</summary>
internal static class EventVerbs
{
    /// <summary>Between two tries to reach a controller that went away.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private static readonly Option<long> After = new("--after")
    {
        Description = "Only events with a higher sequence number", HelpName = "SEQ", DefaultValueFactory = _ => 0,
    };

    public static Command Event()
    {
        var command = new Command("event", "The history of the cluster, in order and without gaps");
        command.Subcommands.Add(List());
        command.Subcommands.Add(Watch());
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "The events there are, oldest first");
        command.Options.Add(After);
        command.Options.Add(CommonOptions.Output);
        command.SetAction(async (parse, cancel) =>
        {
            using var client = new ControllerClient(parse.GetRequiredValue(CommonOptions.Socket));
            await ReadAsync(client, parse, parse.GetValue(After), follow: false, cancel);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Watch()
    {
        var command = new Command(
            "watch", "Events as they come; goes on where it stopped when the controller comes back");
        command.Options.Add(After);
        command.Options.Add(CommonOptions.Output);
        command.SetAction((parse, cancel) => FollowAsync(parse, cancel));
        return command;
    }

    private static async Task<int> FollowAsync(ParseResult parse, CancellationToken cancel)
    {
        using var client = new ControllerClient(parse.GetRequiredValue(CommonOptions.Socket));
        long after = parse.GetValue(After);
        bool heard = false;
        bool told = false;
        try
        {
            while (true)
            {
                try
                {
                    after = await ReadAsync(client, parse, after, follow: true, cancel);
                    heard = true;
                    told = false;
                }
                catch (CliFailure failure) when (heard && failure.ExitCode == ExitCodes.Unreachable)
                {
                    if (!told)
                    {
                        Console.Error.WriteLine(
                            $"controller away: {failure.Errors[0].Reason}; going on after event {after}");
                        told = true;
                    }
                }

                await Task.Delay(Retry, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Ok;
        }
    }

    /// <summary>Prints until the stream ends or breaks; answers the last sequence seen.</summary>
    private static async Task<long> ReadAsync(
        ControllerClient client, ParseResult parse, long after, bool follow, CancellationToken cancel)
    {
        OutputFormat format = parse.GetValue(CommonOptions.Output);
        Screen screen = Screen.Here();
        string path = $"v1/events?after={after}&follow={(follow ? "true" : "false")}";
        using StreamReader lines = await client.OpenLinesAsync(path, cancel);
        try
        {
            while (await lines.ReadLineAsync(cancel) is { } line)
            {
                if (line.Length == 0)
                {
                    // An empty line only keeps the connection alive.
                    continue;
                }

                EventView each = ControllerClient.Read(Encoding.UTF8.GetBytes(line), ApiJson.Default.EventView);
                Print(line, each, format, screen);
                after = each.Sequence;
            }
        }
        catch (Exception e) when (follow && e is IOException or HttpRequestException)
        {
            // The controller went away in the middle; what was read is read.
        }

        return after;
    }

    private static void Print(string line, EventView each, OutputFormat format, Screen screen) =>
        Console.Out.WriteLine(format switch
    {
        OutputFormat.Json => line,
        OutputFormat.Yaml => Havm.Specs.YamlText.Write(System.Text.Json.Nodes.JsonNode.Parse(line)) + "---",
        _ => EventLines.Line(each, screen),
    });
}
