using System.CommandLine;
using System.Globalization;

namespace Havm.Cli.Verbs;

/// <summary>Scripts that let a shell ask havm itself what may come next.</summary>
internal static class CompletionVerb
{
    private const string Bash = """
        # havm completion for bash:  source <(havm completion bash)
        _havm() {
            local IFS=$'\n' word="${COMP_WORDS[COMP_CWORD]}"
            COMPREPLY=($(compgen -W "$(havm "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "$word"))
        }
        complete -o default -F _havm havm
        """;

    private const string Zsh = """
        #compdef havm
        # havm completion for zsh:  source <(havm completion zsh)
        _havm() {
            local -a words_offered
            words_offered=("${(@f)$(havm "[suggest:${#BUFFER}]" "$BUFFER" 2>/dev/null)}")
            compadd -a words_offered
        }
        compdef _havm havm
        """;

    private const string Fish = """
        # havm completion for fish:  havm completion fish | source
        function __havm_suggest
            set -l line (commandline -cp)
            havm "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c havm -f -a "(__havm_suggest)"
        """;

    /// <summary>The cursor's place in "[suggest:12]"; null when it is no such word.</summary>
    public static int? Position(string directive) =>
        directive.StartsWith("[suggest:", StringComparison.Ordinal) && directive.EndsWith(']')
        && int.TryParse(directive[9..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int position)
            ? position
            : null;

    /// <summary>Prints what may stand at the cursor, one a line; options only once a dash was typed.</summary>
    public static int Suggest(RootCommand root, string line, int position)
    {
        string before = line[..Math.Min(position, line.Length)];
        int program = before.IndexOf(' ') + 1;
        string typed = before[program..];
        string word = typed[(typed.LastIndexOf(' ') + 1)..];
        IEnumerable<string> offers = typed.StartsWith("lab ", StringComparison.Ordinal)
            ? LabVerb.Offers(typed["lab ".Length..])
            : root.Parse(typed).GetCompletions(typed.Length).Select(item => item.Label);
        foreach (string offer in offers.Distinct())
        {
            bool option = offer.StartsWith('-') || offer.StartsWith('/');
            if (offer.StartsWith(word, StringComparison.Ordinal)
                && (!option || (word.StartsWith('-') && offer.Length > 2)))
            {
                Console.Out.WriteLine(offer);
            }
        }

        return ExitCodes.Ok;
    }

    public static Command Completion()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish", HelpName = "bash|zsh|fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a completion script for a shell");
        command.Arguments.Add(shell);
        command.SetAction(parse =>
        {
            Console.Out.WriteLine(parse.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return ExitCodes.Ok;
        });
        return command;
    }
}
