using System.Net.Sockets;

namespace Havm.Transport.Http;

/// <summary>What both ends ask of their TCP socket.</summary>
public static class LinkSocket
{
    private const int IpProtoTcp = 6;
    private const int TcpUserTimeout = 18;

    /// <summary>
    /// No delay for small frames, and an end for a peer that acknowledges nothing. On a listening socket, accepted
    /// connections inherit both.
    /// </summary>
    public static Socket Prepare(Socket socket, TimeSpan acknowledgeDeadline)
    {
        socket.NoDelay = true;
        int milliseconds = (int)acknowledgeDeadline.TotalMilliseconds;
        socket.SetRawSocketOption(IpProtoTcp, TcpUserTimeout, BitConverter.GetBytes(milliseconds));
        return socket;
    }
}
