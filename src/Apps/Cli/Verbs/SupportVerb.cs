using System.CommandLine;
using Havm.Cli.Doctor;
using Havm.Cli.Output;
using Havm.Cli.Support;
using Havm.Model;

namespace Havm.Cli.Verbs;

/// <summary>Gathers what somebody elsewhere needs to understand this site.</summary>
internal static class SupportVerb
{
    private const int LeastMiB = 1;
    private const int MostMiB = 1024;

    private static readonly Option<string?> Into = new("--file", "-f")
    {
        Description = "Write it there, a new file; without it, havm-support-HOST-TIME.tar.gz here",
        HelpName = "OUT.tar.gz",
    };

    private static readonly Option<string[]> Configs = new("--config")
    {
        Description = "The node's or the controller's configuration; without it, those in /etc/havm",
        HelpName = "FILE",
    };

    private static readonly Option<int> MaxSize = new("--max-size")
    {
        Description = $"MiB of everything together before it is packed, {LeastMiB} to {MostMiB}; 64 when not given",
        HelpName = "MIB",
        DefaultValueFactory = _ => 64,
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Only list what would be in it",
    };

    public static Command Support()
    {
        var command = new Command("support-bundle",
            "Gather status, specs, events, incidents, logs, recording, what havm doctor finds and facts of the system "
            + "into one file, secrets taken out; lists what is in it before it is written, works without a controller");
        command.Options.Add(Into);
        command.Options.Add(Configs);
        command.Options.Add(MaxSize);
        command.Options.Add(DryRun);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse, CancellationToken cancel)
    {
        int size = parse.GetValue(MaxSize);
        if (size is < LeastMiB or > MostMiB)
        {
            throw CliFailure.Of(ExitCodes.BadInput, "support-bundle", "--max-size", $"{size} is out of bounds",
                $"write {LeastMiB} to {MostMiB}");
        }

        string path = parse.GetValue(Into)
            ?? $"havm-support-{Environment.MachineName}-{DateTime.UtcNow:yyyyMMdd'T'HHmmss'Z'}.tar.gz";
        string[] configs = parse.GetValue(Configs) is { Length: > 0 } told
            ? told
            : [.. new[] { SiteReader.NodeFile, SiteReader.ControllerFile }.Where(File.Exists)];
        var limits = new BundleLimits { Whole = size * Bytes.Mebi };
        var sources = new SupportSources(parse.GetRequiredValue(CommonOptions.Socket), configs, limits);
        IReadOnlyList<BundlePart> gathered = await sources.GatherAsync(cancel);
        var redactor = new Redactor();
        foreach (string file in sources.Credentials())
        {
            redactor.LearnFile(file);
        }

        var bundle = SupportBundle.Of(gathered, redactor, limits);
        List(bundle);
        if (!parse.GetValue(DryRun))
        {
            Write(bundle, path);
        }

        return ExitCodes.Ok;
    }

    private static void List(SupportBundle bundle)
    {
        var page = new Page(Screen.Here());
        var table = new TextTable(
            new Column("FILE"), new Column("KIB", Right: true), new Column("WHAT", 1, Stretch: true));
        foreach (BundlePart part in bundle.Parts)
        {
            table.Add(part.Name, KiB(part), part.What);
        }

        foreach (BundlePart part in bundle.LeftOut)
        {
            table.Add(part.Name, KiB(part), new Cell("left out: --max-size leaves no room for it", Tone.Warn));
        }

        page.Table(table, "there is nothing to gather");
        page.Text($"secrets were taken out in {Count.Of(bundle.Places, "place")}");
        Console.Out.WriteLine(string.Join('\n', page.Lines));
    }

    private static string KiB(BundlePart part) => $"{(SupportBundle.Size(part) + 1023) / 1024}";

    private static void Write(SupportBundle bundle, string path)
    {
        try
        {
            bundle.Write(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliFailure.Of(
                ExitCodes.Failed, path, "--file", e.Message.TrimEnd('.'), "name a new file in a writable directory");
        }

        Console.Out.WriteLine($"wrote {path}: {(new FileInfo(path).Length + 1023) / 1024} KiB; "
            + "look through it before you give it away");
    }
}
