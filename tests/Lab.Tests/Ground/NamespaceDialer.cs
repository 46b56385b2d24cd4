using System.Net;
using System.Net.Sockets;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Ground;

/// <summary>Speaks TCP from inside one of the lab's network namespaces.</summary>
public static class NamespaceDialer
{
    /// <summary>A TCP connection from inside; fails after <paramref name="limit"/> of silence.</summary>
    public static async Task<Socket> ConnectAsync(string name, string address, int port, TimeSpan limit)
    {
        var socket = await NamespaceSockets.OpenAsync(
            name, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        cancel.CancelAfter(limit);
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(address), port, cancel.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether a listener at the address answers a byte with a byte (an echo), asked from inside.</summary>
    public static async Task<bool> EchoesAsync(string name, string address, int port)
    {
        try
        {
            var limit = TimeSpan.FromMilliseconds(700);
            using var socket = await ConnectAsync(name, address, port, limit);
            socket.ReceiveTimeout = (int)limit.TotalMilliseconds;
            await socket.SendAsync("x"u8.ToArray());
            return await Task.Run(() => socket.Receive(new byte[1])) == 1;
        }
        catch (Exception silence) when (silence is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
