using System.CommandLine;
using Havm.Cli.Output;

namespace Havm.Cli;

/// <summary>Options that mean the same on every verb.</summary>
internal static class CommonOptions
{
    public const string DefaultSocket = "/run/havm/havm.sock";

    public const string SocketVariable = "HAVM_SOCKET";

    public static readonly Option<string> Socket = new("--socket")
    {
        Description = $"The controller's unix socket; also {SocketVariable} in the environment",
        HelpName = "PATH",
        Recursive = true,
        DefaultValueFactory = _ =>
            Environment.GetEnvironmentVariable(SocketVariable) is { Length: > 0 } path ? path : DefaultSocket,
    };

    public static readonly Option<OutputFormat> Output = new("--output", "-o")
    {
        Description = "How to print: table, json or yaml",
        HelpName = "table|json|yaml",
        DefaultValueFactory = _ => OutputFormat.Table,
    };

    /// <summary>Instead of <see cref="Output"/> on pages that people paste into reports.</summary>
    public static readonly Option<OutputFormat> PageOutput = new(Output.Name, "-o")
    {
        Description = "How to print: table, wide (no column left out), json, yaml or markdown",
        HelpName = "table|wide|json|yaml|markdown",
        DefaultValueFactory = _ => OutputFormat.Table,
    };

    public static readonly Option<bool> Watch = new("--watch", "-w")
    {
        Description = "Keep showing, until Ctrl-C; without a terminal, print anew whenever it changed",
    };

    public static readonly Option<bool> Wait = new("--wait")
    {
        Description = "Return only when what was ordered has come true",
    };

    public static readonly Option<string> Timeout = new("--timeout")
    {
        Description = "How long --wait waits at most, like 90s, 5m or 1h",
        HelpName = "TIME",
        DefaultValueFactory = _ => "5m",
    };

    static CommonOptions()
    {
        Output.AcceptOnlyFromAmong("table", "json", "yaml");
        PageOutput.AcceptOnlyFromAmong("table", "wide", "json", "yaml", "markdown");
        Timeout.Validators.Add(result =>
        {
            string text = result.GetValueOrDefault<string>() ?? "";
            if (Times.Parse(text) is null)
            {
                result.AddError($"--timeout is \"{text}\", not a time: write a whole number with s, m or h.");
            }
        });
    }

    /// <summary>A verb that shows something.</summary>
    public static Command Showing(this Command command)
    {
        command.Options.Add(Output);
        command.Options.Add(Watch);
        return command;
    }

    /// <summary>A verb that shows something that goes into reports.</summary>
    public static Command ShowingPage(this Command command)
    {
        command.Options.Add(PageOutput);
        command.Options.Add(Watch);
        return command;
    }

    /// <summary>How the command at hand was asked to print, by whichever of the two options it has.</summary>
    public static OutputFormat FormatOf(ParseResult parse) => parse.GetValue<OutputFormat>(Output.Name);

    /// <summary>A verb that orders something.</summary>
    public static Command Waiting(this Command command)
    {
        command.Options.Add(Wait);
        command.Options.Add(Timeout);
        return command;
    }
}
