using System.Net.Sockets;
using System.Text;

namespace Havm.LoadBalancer.HAProxy;

/// <summary>One HAProxy's runtime socket: a line in, its answer out, one connection each.</summary>
internal sealed class RuntimeSocket(string path, TimeSpan patience)
{
    private const int Longest = 16 * 1024 * 1024;

    /// <summary>The answer; null when nothing listens. Throws <see cref="TimeoutException"/> when none comes.</summary>
    public async Task<string?> AskAsync(string line, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(patience);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), deadline.Token);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"), deadline.Token);
            var answer = new MemoryStream();
            var buffer = new byte[65_536];
            while (answer.Length < Longest && await stream.ReadAsync(buffer, deadline.Token) is > 0 and var read)
            {
                answer.Write(buffer, 0, read);
            }

            return Encoding.UTF8.GetString(answer.ToArray());
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"it does not answer at {path} within {patience.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return null;
        }
    }
}
