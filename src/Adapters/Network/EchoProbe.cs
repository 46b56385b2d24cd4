using System.ComponentModel;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Havm.Runtime.Ports;

namespace Havm.Network;

/// <summary>
/// Asks by ICMP echo: what every machine, router and switch answers without being prepared for it. An address of this
/// machine answers from itself whatever its cables are like, so it never counts as an answer.
/// </summary>
public sealed class EchoProbe : IAddressProbe
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(900);

    public async Task<bool> AnswersAsync(string address, CancellationToken cancel)
    {
        if (!IPAddress.TryParse(address, out var asked) || IsOurs(asked))
        {
            return false;
        }

        try
        {
            using var ping = new Ping();
            var reply = await ping.SendPingAsync(asked, Wait, cancellationToken: cancel);
            return reply.Status == IPStatus.Success;
        }
        catch (Exception e) when (e is PingException or SocketException or Win32Exception
            or PlatformNotSupportedException)
        {
            // No route, no right to ask: nobody has answered.
            return false;
        }
    }

    /// <summary>Only an address of this machine's own can be bound.</summary>
    private static bool IsOurs(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
