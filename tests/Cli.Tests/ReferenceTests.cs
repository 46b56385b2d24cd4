using System.CommandLine;
using System.Text;

namespace Havm.Cli.Tests;

public sealed class ReferenceTests
{
    [Fact]
    public void The_reference_page_of_the_command_line_is_what_the_executable_takes() =>
        Golden.Matches("docs/reference/cli.md", Page());

    private static string Page()
    {
        var page = new StringBuilder();
        page.Append($"""
            # Reference: command line

            Generated from the executable's own commands.

            `havm` speaks with the controller over its unix socket: `{CommonOptions.DefaultSocket}`, or what
            `{CommonOptions.SocketVariable}` or `--socket` names. Results go to standard output; errors, warnings and
            what `--wait` waits for go to standard error. Each error has four parts: the object, the field, the reason
            and the remedy. Tables are made to fit the terminal (or `COLUMNS`); without a terminal nothing is cut.
            Colours appear on a terminal only, and never when `NO_COLOR` is set.

            {ExitCodes.Help}


            """);
        Walk(CommandLine.Root(), "havm", page);
        return page.ToString();
    }

    private static void Walk(Command command, string path, StringBuilder page)
    {
        foreach (Command verb in command.Subcommands)
        {
            string name = $"{path} {verb.Name}";
            if (verb.Subcommands.Count > 0)
            {
                Walk(verb, name, page);
                continue;
            }

            string arguments = string.Concat(verb.Arguments.Select(a =>
                a.Arity.MinimumNumberOfValues > 0 ? $" {a.HelpName ?? a.Name}" : $" [{a.HelpName ?? a.Name}]"));
            page.Append($"## `{name}{arguments}`\n\n{verb.Description}.\n\n");
            foreach (Argument argument in verb.Arguments)
            {
                page.Append($"- `{argument.HelpName ?? argument.Name}`: {argument.Description}\n");
            }

            foreach (Option option in verb.Options)
            {
                string value = option.HelpName is { } help ? $" {help}" : "";
                page.Append(
                    $"- `{string.Join(", ", option.Aliases.Prepend(option.Name))}{value}`: {option.Description}\n");
            }

            page.Append(verb.Arguments.Count + verb.Options.Count > 0 ? "\n" : "");
        }
    }
}
