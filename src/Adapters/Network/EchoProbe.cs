using System.ComponentModel;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Havm.Runtime.Ports;

namespace Havm.Network;

/// <summary>Asks by ICMP echo: what every machine, router and switch answers without being prepared for it.</summary>
public sealed class EchoProbe : IAddressProbe
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(900);

    public async Task<bool> AnswersAsync(string address, CancellationToken cancel)
    {
        try
        {
            using var ping = new Ping();
            var reply = await ping.SendPingAsync(IPAddress.Parse(address), Wait, cancellationToken: cancel);
            return reply.Status == IPStatus.Success;
        }
        catch (Exception e) when (e is PingException or SocketException or Win32Exception
            or PlatformNotSupportedException)
        {
            // No route, no right to ask: nobody has answered.
            return false;
        }
    }
}
