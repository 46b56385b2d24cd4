using System.Diagnostics;
using System.Security.Cryptography;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Ground;

/// <summary>
/// A lab of a test's own, driven through the real command line; taken down, and seen to be gone, at the end. Names are
/// random so that runs beside each other never meet.
/// </summary>
public sealed class TestLab : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "havm-lab");

    public string Name { get; } = "t" + RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 5);

    /// <summary>Somewhere else than the directory of its own in the machine's temporary place.</summary>
    public string? Elsewhere { get; init; }

    public string Directory => Elsewhere ?? $"{Path.GetTempPath().TrimEnd('/')}/havm-{Name}";

    public LabPlan Plan => LabRecord.Plan(Name);

    public LabPaths Paths => new(Directory);

    /// <summary>Command lines that stand in for the product's processes; `{dir}` is the node's directory.</summary>
    public string Agent { get; init; } = "exec sleep 100000";

    public string Warden { get; init; } = "exec sleep 100000";

    public string Controller { get; init; } = "exec sleep 100000";

    public string[] Shape { get; init; } = ["--racks", "1", "--nodes-per-rack", "1"];

    public NodePlan Node(string name) => LabTarget.Node(Plan, name);

    public string Namespace(string part) => Plan.Namespace(part);

    /// <summary>The words of an `up` of this lab.</summary>
    public string[] UpWords(params string[] more) =>
    [
        "up", "--name", Name, "--dir", Directory, "--agent-command", Agent, "--warden-command", Warden,
        "--controller-command", Controller, .. Shape, .. more,
    ];

    public async Task<TestLab> UpAsync(params string[] more)
    {
        await SucceedAsync(UpWords(more));
        return this;
    }

    /// <summary>A verb on this lab that must succeed.</summary>
    public Task<string> DoAsync(params string[] words) => SucceedAsync([.. words, "--name", Name]);

    /// <summary>Any command line of havm-lab.</summary>
    public static Task<(int Code, string Output, string Error)> TryAsync(params string[] words) =>
        Tool.TryAsync(Program, words);

    public static Process Start(params string[] words) =>
        Process.Start(new ProcessStartInfo(Program, words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    public LabStatus Status() => LabStatus.Read(Plan);

    public NodeStatus Status(string node) => Status().Nodes.Single(status => status.Name == node);

    /// <summary>
    /// Waits, within bounds, until the condition holds, and fails the test in its words if it does not.
    /// </summary>
    public static async Task EventuallyAsync(string what, Func<bool> condition) =>
        Assert.True(
            await Until.TrueAsync(condition, Patience, TestContext.Current.CancellationToken),
            $"never happened: {what}");

    /// <summary>Every trace that a lab of this name could have left on the machine; empty after `down`.</summary>
    public async Task<IReadOnlyList<string>> TracesAsync()
    {
        var traces = new List<string>();
        traces.AddRange(LabNetwork.Existing(Name).Select(part => $"namespace {part}"));
        traces.AddRange(File.ReadLines("/proc/self/mounts").Where(line => line.Contains($"{Directory}/")));
        if (CgroupTree.FindMount() is { } mount && System.IO.Directory.Exists($"{mount}/havm/{Name}"))
        {
            traces.Add($"cgroup {mount}/havm/{Name}");
        }

        traces.AddRange(new TaggedTree($"{Name}/").Processes().Select(pid => $"process {pid}"));
        string[] files = [Directory, $"{LabRecord.Home}/{Name}.json", $"{LabRecord.Home}/{Name}.lock"];
        traces.AddRange(files.Where(Path.Exists));
        var links = await Tool.RunAsync("ip", ["-o", "link"]);
        traces.AddRange(links.Split('\n').Where(line => line.Contains(Name)));
        return traces;
    }

    public async ValueTask DisposeAsync()
    {
        if (LabRecord.Find(Name) is not null)
        {
            await SucceedAsync("down", "--name", Name);
        }

        Assert.Empty(await TracesAsync());
    }

    private static async Task<string> SucceedAsync(params string[] words)
    {
        var (code, output, error) = await TryAsync(words);
        Assert.True(code == 0, $"havm-lab {string.Join(' ', words)} ended with {code}: {error}");
        return output;
    }
}
