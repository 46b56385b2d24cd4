using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Havm.Lab.Tools;

namespace Havm.Bench;

/// <summary>How much `./bench peers` does.</summary>
/// <param name="Runs">Power cuts of each cluster and setting, 1 to 100.</param>
/// <param name="Images">Directory of the lab's guest image.</param>
/// <param name="Lab">The lab's name.</param>
/// <param name="Json">One JSON object per figure instead of rows.</param>
public sealed record PeersPlan(int Runs, string? Images, string Lab, bool Json)
{
    public string Command => $"./bench peers --runs {Runs}";
}

/// <summary>
/// The same power cut to Havm and to corosync with Pacemaker, in turns on the same machine: six hosts each, one VM on
/// each of theirs. Once with what both come with, once with a token that lets corosync see a death about as fast.
/// </summary>
/// <remarks>
/// Their fence is an outlet that answers at once and their VM a line in a file; ours is a BMC that is read twice and a
/// QEMU that has to be started: what differs is in their favour.
/// </remarks>
internal static class PeersBench
{
    private const int Hosts = 6;
    private const int VmsPerHost = 1;

    /// <summary>corosync's token of so many ms, and null for its own choice.</summary>
    private static readonly int?[] Tokens = [null, 1000];

    public static async Task<int> RunAsync(PeersPlan plan, CancellationToken cancel)
    {
        var figures = Console.Out;
        Console.SetOut(Console.Error);
        await using var session = await BenchLab.StartAsync("bench peers", plan.Lab, plan.Images, null, "", cancel);
        foreach (var token in Tokens)
        {
            using var peer = PeerProcess.Start(Hosts, VmsPerHost, token);
            await peer.ReadyAsync(cancel);
            var theirs = new List<PeerRow>();
            var ours = new List<NodeCut>();
            for (var run = 0; run < plan.Runs; run++)
            {
                theirs.Add(await peer.CutAsync(cancel));
                var cut = await NodeCut.TakeAsync(session, run, cancel);
                ours.Add(cut);
                await cut.RestoreAsync(session, cancel);
                Console.Error.WriteLine(
                    $"cut {run + 1} of {plan.Runs}: Pacemaker's last VM runs after {theirs[^1].LastStart:0.00} s, "
                        + $"Havm's after {cut.ToStarted.Max():0.00} s");
            }

            foreach (var figure in Figures(plan, token, theirs, ours))
            {
                figures.WriteLine(plan.Json ? figure.ToJson() : figure.ToRow());
            }
        }

        return 0;
    }

    private static IEnumerable<Figure> Figures(
        PeersPlan plan, int? token, IReadOnlyCollection<PeerRow> theirs, IReadOnlyCollection<NodeCut> ours)
    {
        var peer = token is null ? "pacemaker" : $"pacemaker.token{token}";
        Figure Theirs(string what, Func<PeerRow, double?> of) => Figure.Of(
            $"peers.{peer}.{what}", [.. theirs.Select(of).OfType<double>()], "s", plan.Command);
        Figure Ours(string what, IEnumerable<double> samples, Figure beside) => Figure.Of(
            $"peers.havm.{what}", [.. samples], "s", plan.Command, new Beside(peer, beside.P50));
        var (fenced, first, last) = (
            Theirs("cutToFenced", r => r.FenceDone), Theirs("cutToFirstVm", r => r.FirstStart),
            Theirs("cutToLastVm", r => r.LastStart));
        return
        [
            fenced, Ours("cutToFenced", ours.Select(c => c.ToProof), fenced),
            first, Ours("cutToFirstVm", ours.Select(c => c.ToStarted.Min()), first),
            last, Ours("cutToLastVm", ours.Select(c => c.ToStarted.Max()), last),
        ];
    }
}

/// <summary>One power cut of the peer; seconds from the cut, null for what did not happen.</summary>
internal sealed record PeerRow(
    string Host, bool Leads, int Victims, int Restarted, double? FenceAsked, double? FenceDone, double? FirstStart,
    double? LastStart);

/// <summary>scripts/peers/pacemaker_cluster.py, which does one power cut for each line it reads.</summary>
internal sealed class PeerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private readonly Process _process;

    private PeerProcess(Process process) => _process = process;

    /// <exception cref="LabRefusal">It cannot be run here.</exception>
    public static PeerProcess Start(int hosts, int vms, int? token)
    {
        var script = Path.GetFullPath("scripts/peers/pacemaker_cluster.py");
        if (!File.Exists(script) || !File.Exists("/usr/sbin/pacemakerd"))
        {
            throw new LabRefusal("bench peers", "Pacemaker", $"{script} or /usr/sbin/pacemakerd is not there",
                "run it through ./bench in a checkout, which installs pacemaker and corosync");
        }

        var start = new ProcessStartInfo("python3")
        {
            ArgumentList = { script, $"{hosts}", $"{vms}" },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (token is { } milliseconds)
        {
            start.ArgumentList.Add("--token");
            start.ArgumentList.Add($"{milliseconds}");
        }

        return new PeerProcess(Process.Start(start)!);
    }

    public async Task ReadyAsync(CancellationToken cancel) => await LineAsync(cancel);

    public async Task<PeerRow> CutAsync(CancellationToken cancel)
    {
        await _process.StandardInput.WriteLineAsync("poweroff".AsMemory(), cancel);
        await _process.StandardInput.FlushAsync(cancel);
        var row = JsonSerializer.Deserialize(await LineAsync(cancel), PeerJson.Default.PeerRow)!;
        return row.Restarted == row.Victims ? row : throw new LabFailure(
            $"Pacemaker restarted {row.Restarted} of the {row.Victims} VMs of {row.Host} in time");
    }

    private async Task<string> LineAsync(CancellationToken cancel) =>
        await _process.StandardOutput.ReadLineAsync(cancel).AsTask().WaitAsync(Patience, cancel)
        ?? throw new LabFailure("the cluster of the peer ended; see what it said above");

    /// <summary>Its end of input is its word to take everything away.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(Patience);
        _process.Dispose();
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PeerRow))]
internal sealed partial class PeerJson : JsonSerializerContext;
