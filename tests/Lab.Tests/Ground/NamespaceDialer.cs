using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Ground;

/// <summary>
/// Makes sockets that live in one of the lab's network namespaces, for use by this process outside of it.
/// </summary>
/// <remarks>
/// A socket belongs to the namespace its thread was in; a thread of its own enters, makes it, and ends.
/// </remarks>
public static partial class NamespaceDialer
{
    private const int NetworkNamespace = 0x40000000;

    public static Task<Socket> OpenAsync(string name, Func<Socket> make)
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{name}");
                if (Enter((int)handle.DangerousGetHandle(), NetworkNamespace) != 0)
                {
                    throw new LabFailure($"setns({name}): {Marshal.GetLastPInvokeErrorMessage()}");
                }

                made.SetResult(make());
            }
            catch (Exception trouble)
            {
                made.SetException(trouble);
            }
        }).Start();
        return made.Task;
    }

    /// <summary>A TCP connection from inside; fails after <paramref name="limit"/> of silence.</summary>
    public static async Task<Socket> ConnectAsync(string name, string address, int port, TimeSpan limit)
    {
        var socket = await OpenAsync(
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

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int Enter(int descriptor, int kind);
}
