using System.Net.Sockets;
using System.Text;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Ground;

public sealed class WatchdogTests
{
    /// <summary>Two nodes: the second one's bite is the clock by which the first one's silence is judged.</summary>
    private static Task<TestLab> TwoNodesAsync() =>
        new TestLab { Shape = ["--racks", "1", "--nodes-per-rack", "2"] }.UpAsync();

    [RootFact]
    public async Task BitesTheNodeThatArmedItAndStoppedFeeding()
    {
        await using var lab = await TwoNodesAsync();
        var boot = lab.Status("r1n1").BootId;
        Say(lab, "r1n1", "arm 1");
        await TestLab.EventuallyAsync("a new boot runs", () =>
            lab.Status("r1n1") is { Power: PowerState.On } now && now.BootId != boot);
        var second = lab.Status("r1n1").BootId;

        // The new boot has not armed it: it sleeps, while another node is bitten.
        await BittenAsync(lab, "r1n2");
        Assert.Equal(second, lab.Status("r1n1").BootId);
    }

    [RootFact]
    public async Task LeavesANodeAloneThatFeedsOrDisarmsIt()
    {
        await using var lab = await new TestLab { Shape = ["--racks", "1", "--nodes-per-rack", "3"] }.UpAsync();
        var (fed, disarmed) = (lab.Status("r1n1").BootId, lab.Status("r1n3").BootId);
        Say(lab, "r1n1", "arm 1");
        Say(lab, "r1n3", "arm 1");
        Say(lab, "r1n3", "disarm");
        var other = lab.Status("r1n2").BootId;
        Say(lab, "r1n2", "arm 2");
        await TestLab.EventuallyAsync("the unfed node is bitten", () =>
        {
            Say(lab, "r1n1", "feed");
            return lab.Status("r1n2").BootId != other;
        });
        Assert.Equal(fed, lab.Status("r1n1").BootId);
        Assert.Equal(disarmed, lab.Status("r1n3").BootId);
    }

    [RootFact]
    public async Task LeavesANodeOffThatWasPoweredOffByOrder()
    {
        await using var lab = await TwoNodesAsync();
        Say(lab, "r1n1", "arm 1");
        await lab.DoAsync("power-off", "r1n1");
        await BittenAsync(lab, "r1n2");
        Assert.Equal(PowerState.Off, lab.Status("r1n1").Power);
    }

    [RootFact]
    public async Task RemembersWhoArmedItWhenTheMachineRoomIsKilled()
    {
        await using var lab = await TwoNodesAsync();
        var boot = lab.Status("r1n1").BootId;
        Say(lab, "r1n1", "arm 1.5");
        await TestLab.EventuallyAsync("it is armed", () => File.Exists(lab.Paths.Dog("r1n1")));
        ProcessTrees.Of(lab.Plan, LabGround.ChassisGroup).Signal(LabGround.ChassisGroup, Machine.Kill);
        await TestLab.EventuallyAsync("the node is bitten", () => lab.Status("r1n1").BootId != boot);
    }

    private static async Task BittenAsync(TestLab lab, string node)
    {
        var boot = lab.Status(node).BootId;
        Say(lab, node, "arm 1.5");
        await TestLab.EventuallyAsync($"{node} is bitten", () => lab.Status(node).BootId != boot);
    }

    private static void Say(TestLab lab, string node, string word)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(lab.Paths.WatchdogSocket(node)));
        socket.Send(Encoding.UTF8.GetBytes(word));
    }
}
