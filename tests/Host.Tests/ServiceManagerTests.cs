using System.Net.Sockets;
using System.Text;

namespace Havm.Host.Tests;

/// <summary>Agent and warden say from their loops that they are ready and alive.</summary>
public sealed class ServiceManagerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_is_ready_once_its_loop_turns_and_a_sign_of_life_comes_each_second(bool warden)
    {
        await using var rig = await NodeRig.MakeAsync();
        rig.NotifySocket = $"{rig.Home}/notify.sock";
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
        {
            ReceiveTimeout = 20_000,
        };
        manager.Bind(new UnixDomainSocketEndPoint(rig.NotifySocket));
        _ = warden ? rig.StartWarden() : rig.StartAgent();

        Assert.Equal("READY=1\nWATCHDOG=1", Hear(manager));
        Assert.Equal(["WATCHDOG=1", "WATCHDOG=1"], new[] { Hear(manager), Hear(manager) });
    }

    private static string Hear(Socket manager)
    {
        var buffer = new byte[256];
        return Encoding.ASCII.GetString(buffer, 0, manager.Receive(buffer));
    }
}
