using System.Net;
using System.Net.Sockets;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Ground;

public sealed class CableTests
{
    private const int Echo = 9000;

    /// <summary>
    /// Nodes echo on TCP 9000, note datagrams on 9001, and send datagrams to the controller, who notes them.
    /// </summary>
    private static TestLab Talkative(params string[] shape) => new()
    {
        Agent = $"exec socat TCP-LISTEN:{Echo},fork,reuseaddr EXEC:cat",
        Warden = "socat -u UDP-RECV:9001 OPEN:{dir}/heard,creat,append &"
            + " while :; do echo {dir} | socat -u - UDP-SENDTO:10.77.0.2:9002; sleep 0.05; done",
        Controller = "exec socat -u UDP-RECV:9002 OPEN:{dir}/beats,creat,append",
        Shape = shape,
    };

    [RootFact]
    public async Task ACutNodeIsUnreachableUntilItIsHealedAndStaysCutOverAPowerCycle()
    {
        await using var lab = await Talkative("--racks", "2", "--nodes-per-rack", "1").UpAsync();
        await ReachesAsync(lab, "ctl", "r1n1");
        await lab.DoAsync("cut", "r1n1");
        Assert.False(await EchoesAsync(lab, "ctl", "r1n1"));
        await ReachesAsync(lab, "ctl", "r2n1");

        await lab.DoAsync("power-off", "r1n1");
        await lab.DoAsync("power-on", "r1n1");
        await ReachesAsync(lab, "r1n1", "r1n1");
        Assert.False(await EchoesAsync(lab, "ctl", "r1n1"));

        await lab.DoAsync("heal", "r1n1");
        await ReachesAsync(lab, "ctl", "r1n1");
    }

    [RootFact]
    public async Task ACutRackStillTalksWithinItself()
    {
        await using var lab = await Talkative("--racks", "2", "--nodes-per-rack", "2").UpAsync();
        await ReachesAsync(lab, "ctl", "r1n1");
        await lab.DoAsync("cut", "rack:rack1");
        Assert.False(await EchoesAsync(lab, "ctl", "r1n1"));
        Assert.False(await EchoesAsync(lab, "r1n2", "r2n1"));
        await ReachesAsync(lab, "r1n1", "r1n2");
        await ReachesAsync(lab, "ctl", "r2n2");
        await lab.DoAsync("heal", "rack:rack1");
        await ReachesAsync(lab, "ctl", "r1n1");
    }

    [RootTheory]
    [InlineData("r1n1")]
    [InlineData("rack:rack1")]
    public async Task AOneWayCutLetsTheOtherWayThrough(string target)
    {
        await using var lab = await Talkative("--racks", "1", "--nodes-per-rack", "1").UpAsync();
        var heard = $"{lab.Paths.Node("r1n1")}/heard";
        var beats = $"{lab.Paths.Controller}/beats";
        using var sender = await NamespaceSockets.OpenAsync(
            lab.Namespace("ctl"), () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        var node = new IPEndPoint(IPAddress.Parse(lab.Node("r1n1").Address), 9001);
        await ReachesAsync(lab, "ctl", "r1n1");
        await GrowsAsync(heard);
        await GrowsAsync(beats);

        await lab.DoAsync("cut", target, "--one-way", "out");
        Assert.False(await EchoesAsync(lab, "ctl", "r1n1"));
        var last = Length(beats);
        await GrowsAsync(heard);
        Assert.Equal(last, Length(beats));

        await lab.DoAsync("cut", target, "--one-way", "in");
        Assert.False(await EchoesAsync(lab, "ctl", "r1n1"));
        var mute = Length(heard);
        await GrowsAsync(beats);
        Assert.Equal(mute, Length(heard));

        await lab.DoAsync("heal", target);
        await ReachesAsync(lab, "ctl", "r1n1");

        long Length(string file) => File.Exists(file) ? new FileInfo(file).Length : 0;
        async Task GrowsAsync(string file)
        {
            var before = Length(file);
            await TestLab.EventuallyAsync($"{file} grows", () =>
            {
                sender.SendTo("word\n"u8.ToArray(), node);
                return Length(file) > before;
            });
        }
    }

    private static Task<bool> EchoesAsync(TestLab lab, string from, string to) =>
        NamespaceDialer.EchoesAsync(lab.Namespace(from), lab.Node(to).Address, Echo);

    private static async Task ReachesAsync(TestLab lab, string from, string to)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            if (await EchoesAsync(lab, from, to))
            {
                return;
            }
        }

        Assert.Fail($"{from} never reached {to}");
    }
}
