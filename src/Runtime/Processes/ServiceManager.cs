using System.Net;
using System.Net.Sockets;
using System.Text;
using Havm.Model;

namespace Havm.Runtime.Processes;

/// <summary>
/// Tells the service manager that started this process how it is, as sd_notify(3) of systemd describes: a datagram to
/// the socket that NOTIFY_SOCKET names. Without one nothing is told, and nothing that goes wrong here matters. To be
/// called from the loop that must not hang, so that a hang is seen and mended by a restart.
/// </summary>
public sealed class ServiceManager
{
    /// <summary>A sign of life each second, whatever the loop's pace: units wait several of them.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly EndPoint? _socket;
    private Instant? _told;

    private ServiceManager(EndPoint? socket) => _socket = socket;

    /// <summary>The one of this process's environment.</summary>
    public static ServiceManager Here() => new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET") switch
    {
        { Length: > 1 } name when name[0] is '/' => new UnixDomainSocketEndPoint(name),
        { Length: > 1 } name when name[0] is '@' => new UnixDomainSocketEndPoint('\0' + name[1..]),
        _ => null,
    });

    /// <summary>The loop turns: the first time this says that the process is ready.</summary>
    public void Turn(Instant now)
    {
        if (_socket is null || now - _told < Period)
        {
            return;
        }

        Tell(_told is null ? "READY=1\nWATCHDOG=1" : "WATCHDOG=1");
        _told = now;
    }

    private void Tell(string words)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
            {
                Blocking = false,
            };
            socket.Connect(_socket!);
            socket.Send(Encoding.ASCII.GetBytes(words));
        }
        catch (SocketException)
        {
            // A manager that cannot be told restarts us if it must; machines go on.
        }
    }
}
