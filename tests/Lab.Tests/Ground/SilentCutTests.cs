using System.Diagnostics;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Ground;

/// <summary>
/// A power cut as the network sees it: traffic, then nothing; and as the BMC tells it: never too early.
/// </summary>
public sealed class SilentCutTests
{
    private const string Goodbye = "src 10.77.1.1 and tcp[tcpflags] & (tcp-fin|tcp-rst) != 0";
    private const string Mark = "arp and dst 10.77.1.200";
    private const string Traffic = "src 10.77.1.1 and tcp and greater 61";

    /// <summary>The node keeps a connection to the controller open and busy.</summary>
    private static Task<TestLab> ConnectedAsync() => new TestLab
    {
        Agent = "while :; do echo beat; sleep 0.02; done | exec socat -u - TCP:10.77.0.2:9000,retry=50,interval=0.1",
        Controller = "exec socat -u TCP-LISTEN:9000,fork,reuseaddr OPEN:{dir}/beats,creat,append",
    }.UpAsync();

    [RootFact]
    public async Task APowerCutSendsNoFinAndNoReset()
    {
        await using var lab = await ConnectedAsync();
        var (traffic, goodbyes) = await CaptureAsync(lab, () => lab.DoAsync("power-off", "r1n1"));
        Assert.True(traffic > 0, "the capture saw no traffic before the cut");
        Assert.Equal(0, goodbyes);
    }

    [RootFact]
    public async Task TheCaptureWouldSeeAGoodbye()
    {
        await using var lab = await ConnectedAsync();
        var (traffic, goodbyes) = await CaptureAsync(lab, () => lab.DoAsync("restart-agent", "r1n1", "--kill"));
        Assert.True(traffic > 0, "the capture saw no traffic before the kill");
        Assert.True(goodbyes > 0, "a killed process closes its connection, and the capture missed it");
    }

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheBmcSaysOffOnlyOnceTheNodesCgroupIsEmpty(bool byBmc)
    {
        await using var lab = await ConnectedAsync();
        using var bmc = new RedfishClient(lab, "r1n1");
        var cgroup = new CgroupTree(lab.Plan.CgroupOf("r1n1")!);
        Assert.True(cgroup.IsPopulated);
        Assert.Equal("On", await bmc.PowerAsync());
        using var orders = new RedfishClient(lab, "r1n1");
        var cut = byBmc ? orders.ResetAsync("ForceOff") : (Task)lab.DoAsync("power-off", "r1n1");
        using var patience = new CancellationTokenSource(TestLab.Patience);
        var (reads, populated) = (0, true);
        while (populated)
        {
            var off = await bmc.PowerAsync(patience.Token) == "Off";
            reads++;
            if (off)
            {
                populated = cgroup.IsPopulated;
                Assert.False(populated, "Off while processes of the node lived");
            }
        }

        Assert.True(reads > 1, "the BMC was never read before the cut took effect");
        await cut;
    }

    /// <summary>
    /// Captures on the rack's bridge until after <paramref name="act"/>; packets with data, FIN or RST.
    /// </summary>
    private static async Task<(int Traffic, int Goodbyes)> CaptureAsync(TestLab lab, Func<Task> act)
    {
        var file = $"{lab.Directory}/capture";
        var beats = $"{lab.Paths.Controller}/beats";
        await TestLab.EventuallyAsync("the node beats", () => Path.Exists(beats) && new FileInfo(beats).Length > 0);
        using var capture = Process.Start(
            "nsenter",
            [
                $"--net=/run/netns/{lab.Namespace("net")}", "tcpdump", "-Z", "root", "-U", "-q", "-n", "-i", "rack1",
                "-w", file, "tcp or arp",
            ]);
        await TestLab.EventuallyAsync(
            "the capture sees traffic", () => Path.Exists(file) && new FileInfo(file).Length > 2000);
        await act();

        // Asking who has an unused address floods every rack: once that is captured, so is all that came before.
        await Tool.RunAsync(
            "nsenter",
            [$"--net=/run/netns/{lab.Namespace("ctl")}", "socat", "-u", "-", "UDP-SENDTO:10.77.1.200:9"], "mark\n");
        await TestLab.EventuallyAsync(
            "the mark is captured", () => CountAsync(file, Mark).GetAwaiter().GetResult() > 0);
        Machine.Signal(capture.Id, 2);
        await capture.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (await CountAsync(file, Traffic), await CountAsync(file, Goodbye));
    }

    private static async Task<int> CountAsync(string file, string filter)
    {
        // A file still being written ends in half a packet: that is the tool's complaint, not ours.
        var (_, packets, _) = await Tool.TryAsync("tcpdump", ["-n", "-q", "-r", file, filter]);
        return packets.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
    }
}
