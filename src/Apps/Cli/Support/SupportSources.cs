using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Havm.Cli.Controller;
using Havm.Cli.Doctor;
using Havm.Fencing;
using Havm.Runtime.Processes;
using Havm.Runtime.Recording;
using Havm.Specs;

namespace Havm.Cli.Support;

/// <summary>
/// Gathers what somebody needs who was not there. What matters most comes first, because a bundle has a bound; what
/// cannot be had leaves its reason instead.
/// </summary>
internal sealed class SupportSources(string socket, string[] configs, BundleLimits limits)
{
    /// <summary>What the doctor has not looked at by then is left out.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(20);

    private static readonly JsonDocumentOptions Form = new()
    {
        AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip,
    };

    public async Task<IReadOnlyList<BundlePart>> GatherAsync(CancellationToken cancel)
    {
        List<BundlePart> parts = [await AboutAsync(cancel), await DoctorAsync(cancel)];
        parts.AddRange(await ControllerAsync(cancel));
        parts.AddRange(configs.Concat(["/etc/default/havm-node", "/etc/default/havm-controller"])
            .Where(File.Exists).Select(file => Tail($"config{file}", "configuration", file)));
        parts.AddRange(await SystemAsync(cancel));
        foreach (JsonNode config in Configurations())
        {
            parts.AddRange(State(config));
        }

        // Node and controller of one machine may share directories.
        return [.. parts.DistinctBy(part => part.Name)];
    }

    /// <summary>Files whose secrets are to be known, though nothing of them is taken.</summary>
    public IEnumerable<string> Credentials() => configs
        .Select(file => Path.Join(Path.GetDirectoryName(Path.GetFullPath(file)), "bmc"))
        .Where(Directory.Exists).SelectMany(Directory.GetFiles);

    private async Task<BundlePart> AboutAsync(CancellationToken cancel)
    {
        var text = new StringBuilder();
        text.AppendLine($"havm {typeof(SupportSources).Assembly.GetName().Version!.ToString(fieldCount: 3)}");
        text.AppendLine($"made {DateTime.UtcNow:yyyy-MM-dd HH:mm:ss}Z on {Environment.MachineName}");
        foreach ((string program, string argument) in new[]
        {
            ("uname", "-a"), ("qemu-system-x86_64", "--version"), ("qemu-img", "--version"),
            ("systemctl", "--version"), ("dpkg-query", "-W"),
        })
        {
            ShortCommandResult said = await ShortCommand.RunAsync(program, [argument], "", ToolLimit, cancel);
            IEnumerable<string> lines = said.Succeeded ? said.Output.Split('\n') : [said.Error];
            text.AppendLine($"\n{program} {argument}").AppendJoin('\n', program == "dpkg-query"
                ? lines.Where(line => line.StartsWith("havm", StringComparison.Ordinal)
                    || line.StartsWith("qemu", StringComparison.Ordinal))
                : lines.Take(2)).AppendLine();
        }

        return new BundlePart("about.txt", "versions of Havm, kernel, QEMU and systemd", text.ToString());
    }

    private async Task<BundlePart> DoctorAsync(CancellationToken cancel)
    {
        const string Name = "doctor.json";
        try
        {
            using var fence = new PowerFences(SiteReader.Fencing(configs));
            Site site = await SiteReader.ReadAsync(configs, [], fence, cancel);
            return new BundlePart(Name, "what havm doctor finds on this machine",
                DoctorTables.Document(site, await Examination.RunAsync(
                    Examination.Checks, site, Longest, cancel)).ToJsonString());
        }
        catch (CliFailure failure)
        {
            return new BundlePart("doctor.txt", "why havm doctor could not look", failure.Message);
        }
    }

    private async Task<IEnumerable<BundlePart>> ControllerAsync(CancellationToken cancel)
    {
        List<BundlePart> parts = [];
        using var client = new ControllerClient(socket);
        try
        {
            foreach ((string name, string path, string what) in Asked())
            {
                parts.Add(new BundlePart(
                    $"controller/{name}", what, Encoding.UTF8.GetString(await client.GetAsync(path, cancel))));
            }
        }
        catch (CliFailure failure)
        {
            parts.Add(new BundlePart(
                "controller/unreachable.txt", "why the controller did not answer", failure.Message));
        }

        return parts;
    }

    private static IEnumerable<(string Name, string Path, string What)> Asked() =>
    [
        ("status.json", "v1/status", "the cluster on one page"),
        ("incidents.json", "v1/incidents", "incidents with evidence, proofs and phases"),
        ("nodes.json", "v1/nodes", "nodes as the controller sees them"),
        ("instances.json", "v1/instances", "instances as the controller sees them"),
        ("events.jsonl", "v1/events", "the events that the controller keeps"),
        .. SpecSchema.Kinds.Select(kind => ($"specs/{kind}.json", $"v1/objects/{kind}", $"{kind} objects as written")),
        ("snapshot.json", "v1/snapshot", "the state, for havm simulate --from"),
    ];

    private async Task<IEnumerable<BundlePart>> SystemAsync(CancellationToken cancel)
    {
        List<BundlePart> parts = [];
        foreach (string file in new[] { "/proc/cmdline", "/proc/meminfo", "/proc/self/mounts", "/proc/net/dev" })
        {
            parts.Add(Tail($"system{file}", "the kernel's word", file));
        }

        foreach ((string name, string what, string program, string[] arguments) in new[]
        {
            ("addresses.txt", "network interfaces", "ip", new[] { "-brief", "address" }),
            ("disks.txt", "room on file systems", "df", ["-h"]),
            ("kernel.log", "the kernel's log, its end", "dmesg", ["--ctime"]),
            ("journal.log", "log of Havm's units, the last 20,000 lines", "journalctl",
                ["--no-pager", "--output=short-iso", "--lines=20000", "--unit=havm-*"]),
        })
        {
            ShortCommandResult said = await ShortCommand.RunAsync(program, arguments, "", ToolLimit, cancel);
            string text = said.Succeeded ? said.Output : said.Error;
            parts.Add(new BundlePart($"system/{name}", what, text.Length > limits.Tail ? text[^limits.Tail..] : text));
        }

        return parts;
    }

    /// <summary>Configurations that can be read as JSON, whatever else is wrong with them.</summary>
    private IEnumerable<JsonNode> Configurations()
    {
        foreach (string file in configs.Where(File.Exists))
        {
            JsonNode? node = null;
            try
            {
                node = JsonNode.Parse(File.ReadAllText(file), documentOptions: Form);
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                // The doctor has told what is wrong with it.
            }

            if (node is JsonObject)
            {
                yield return node;
            }
        }
    }

    private IEnumerable<BundlePart> State(JsonNode config)
    {
        string state = $"{config["stateDir"]}";
        string run = $"{config["runDir"]}";
        string ledger = Path.Join(state, "warden", "ledger.json");
        IEnumerable<BundlePart> parts = File.Exists(ledger)
            ? [Tail("node/warden/ledger.json", "seats, floors and the lease as the warden keeps them", ledger)]
            : [];
        string machines = Path.Join(run, "vm");
        parts = parts.Concat(Newest(machines, "qemu.log").Take(limits.Machines).Select(file => Tail(
            $"node/qemu/{Path.GetFileName(Path.GetDirectoryName(file))}.log", "log of one machine's QEMU", file)));
        string evidence = Path.Join(state, "evidence");
        if (Directory.Exists(evidence))
        {
            parts = parts.Append(new BundlePart("node/evidence.txt", "which evidence is kept, and how large it is",
                string.Join('\n', Newest(evidence, "*").Select(file =>
                    $"{File.GetLastWriteTimeUtc(file):yyyy-MM-ddTHH:mm:ssZ} {new FileInfo(file).Length,9} {file}"))));
        }

        string recording = Path.Join(state, RecordingSettings.FolderName);
        return parts.Concat(Recording(recording));
    }

    private IEnumerable<BundlePart> Recording(string directory)
    {
        long left = limits.Recording;
        foreach (string file in Newest(directory, RecordingFiles.Pattern))
        {
            left -= new FileInfo(file).Length;
            if (left < 0)
            {
                yield break;
            }

            yield return new BundlePart($"recording/{Path.GetFileName(file)}",
                "what the controller was told and decided, for havm replay", Text(file, int.MaxValue));
        }
    }

    private static IEnumerable<string> Newest(string directory, string pattern) => Directory.Exists(directory)
        ? Directory.GetFiles(directory, pattern, SearchOption.AllDirectories)
            .OrderByDescending(File.GetLastWriteTimeUtc)
        : [];

    private BundlePart Tail(string name, string what, string file) => new(name, what, Text(file, limits.Tail));

    /// <summary>The end of a file, from the beginning of a line; or why there is none.</summary>
    private static string Text(string file, int bytes)
    {
        try
        {
            using var stream = new FileStream(
                file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            bool cut = stream.CanSeek && stream.Length > bytes;
            if (cut)
            {
                stream.Seek(-bytes, SeekOrigin.End);
            }

            using var reader = new StreamReader(stream);
            if (cut)
            {
                reader.ReadLine();
            }

            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read: {e.Message}\n";
        }
    }
}
