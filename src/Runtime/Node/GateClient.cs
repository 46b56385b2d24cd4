using System.Net.Sockets;
using System.Text.Json;
using Havm.Wire.Node;

namespace Havm.Runtime.Node;

/// <summary>The warden does not answer: nothing is permitted, nothing is proven.</summary>
public sealed class GateSilentException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Asks at the warden's gate: one connection, one question, one answer. A connection per question costs microseconds
/// and leaves nothing to be repaired when the warden restarts.
/// </summary>
/// <param name="socketPath">The warden's socket.</param>
/// <param name="announcePatience">Longest wait until a controller knows of a departure; null: 5 s.</param>
public sealed class GateClient(string socketPath, TimeSpan? announcePatience = null)
{
    private const int LongestAnswer = 4 << 20;

    /// <summary>Longest wait by verb: an end may need the whole kill, a release the monitor's patience.</summary>
    private TimeSpan Patience(GateVerb verb) => verb switch
    {
        GateVerb.Status => TimeSpan.FromSeconds(1),
        GateVerb.Depart => announcePatience ?? TimeSpan.FromSeconds(5),
        GateVerb.Permit or GateVerb.Release or GateVerb.Reset or GateVerb.Floors => TimeSpan.FromSeconds(5),
        GateVerb.End => TimeSpan.FromSeconds(10),
    };

    /// <summary>Throws <see cref="GateSilentException"/> when no answer came in time.</summary>
    public async Task<GateAnswer> AskAsync(GateRequest request, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Patience(request.Verb));
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), deadline.Token);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            byte[] question = JsonSerializer.SerializeToUtf8Bytes(request, GateJson.Default.GateRequest);
            await stream.WriteAsync((byte[])[.. question, (byte)'\n'], deadline.Token);
            var line = await ReadLineAsync(stream, deadline.Token);
            return JsonSerializer.Deserialize(line.Span, GateJson.Default.GateAnswer)
                ?? throw new GateSilentException("the warden answered null");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new GateSilentException(
                $"no answer to {request.Verb} within {Patience(request.Verb).TotalSeconds:0} s");
        }
        catch (Exception e) when (e is SocketException or IOException or JsonException)
        {
            throw new GateSilentException($"{socketPath}: {e.Message}", e);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadLineAsync(Stream stream, CancellationToken cancel)
    {
        byte[] buffer = new byte[1024];
        int length = 0;
        while (length <= LongestAnswer)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), cancel);
            if (read == 0)
            {
                throw new IOException("the warden closed the connection without an answer");
            }

            int end = buffer.AsSpan(length, read).IndexOf((byte)'\n');
            if (end >= 0)
            {
                return buffer.AsMemory(0, length + end);
            }

            length += read;
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }

        throw new IOException($"the warden's answer is longer than {LongestAnswer} bytes");
    }
}
