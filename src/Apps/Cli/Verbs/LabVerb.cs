using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Havm.Cli.Output;

namespace Havm.Cli.Verbs;

/// <summary>
/// Hands over to the lab's own executable. This process becomes that one: arguments, terminal, signals and exit code
/// are the lab's without anybody in between.
/// </summary>
internal static class LabVerb
{
    private const string Executable = "havm-lab";

    public static Command Lab()
    {
        var words = new Argument<string[]>("arguments")
        {
            Description = "See havm lab --help", Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("lab", "A whole cluster on this machine, with faults by command");
        command.Arguments.Add(words);
        command.SetAction(parse => HandOver(parse.GetValue(words) ?? []));
        return command;
    }

    /// <summary>What the lab says may follow these words of its own.</summary>
    public static IEnumerable<string> Offers(string typed)
    {
        if (Array.Find(Places(), File.Exists) is not { } found)
        {
            return [];
        }

        var start = new ProcessStartInfo(found, [$"[suggest:{typed.Length}]", typed])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process? lab = Process.Start(start);
        return lab?.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];
    }

    private static string[] Places()
    {
        string here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return
        [
            Path.Combine(here, Executable),
            Path.GetFullPath(Path.Combine(here, "../../Lab", Path.GetFileName(here), Executable)),
        ];
    }

    public static int HandOver(string[] arguments)
    {
        string[] places = Places();
        string reason = $"is neither at {places[0]} nor at {places[1]}";
        if (Array.Find(places, File.Exists) is { } found)
        {
            // Returns only when it failed.
            nint[] words = [.. arguments.Prepend(found).Select(Marshal.StringToCoTaskMemUTF8), 0];
            _ = Execv(words[0], words);
            reason = $"cannot be started: {Marshal.GetLastPInvokeErrorMessage()}";
        }

        ErrorPrinter.Print([new(Executable, "", reason, "build the lab, or install it beside havm")]);
        return ExitCodes.Failed;
    }

    /// <summary>A null-terminated array of null-terminated texts, as execv(3) wants it.</summary>
    [DllImport("libc", EntryPoint = "execv", SetLastError = true)]
    private static extern int Execv(nint path, nint[] arguments);
}
