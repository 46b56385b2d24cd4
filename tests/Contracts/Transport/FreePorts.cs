using System.Net;
using System.Net.Sockets;

namespace Havm.Contracts.Transport;

/// <summary>Ports that nothing had a moment ago, below the range the kernel hands out by itself.</summary>
internal static class FreePorts
{
    /// <summary>A port whose TCP side, and whose successor's UDP side, are free.</summary>
    public static int Pair()
    {
        while (true)
        {
            int port = Random.Shared.Next(15_000, 30_000);
            try
            {
                using var tcp = new TcpListener(IPAddress.Loopback, port);
                tcp.Start();
                using var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, port + 1));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it; draw again.
            }
        }
    }
}
