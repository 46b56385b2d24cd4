using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Havm.Hypervisor.Qemu.Guest;

/// <summary>
/// One connection to a QEMU guest agent (qemu-ga-ref, "QEMU Guest Agent Protocol Reference"): JSON objects, one a line.
/// The agent's port has no connections: what one asked, another may be answered, late or half. So each question begins
/// with a sync of its own number, before whose answer everything is dropped. The guest is not ours to trust: what is
/// no answer is dropped too, and no answer is long. Not safe for two questions at once.
/// </summary>
internal sealed class QemuAgentSession(Socket socket) : IDisposable
{
    /// <summary>Sent before a sync it ends what was half sent before; received it begins the sync's answer.</summary>
    private const byte Delimiter = 0xFF;

    /// <summary>Longest line taken; the answers asked for here have less than 100 bytes, errors some hundred.</summary>
    private const int MaxLine = 16 * 1024;

    /// <summary>All that is read for one question; a guest that says more floods, and is not listened to.</summary>
    private const int MaxAnswer = 64 * 1024;

    private readonly byte[] _read = new byte[4096];
    private int _start;
    private int _end;
    private int _taken;
    private long _lastSync = Random.Shared.NextInt64(1, 1L << 40);

    /// <summary>Connects. Throws <see cref="SocketException"/>.</summary>
    public static async Task<QemuAgentSession> ConnectAsync(string path, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new QemuAgentSession(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// True when the agent answers a ping; false when it answers that it will not. Waits until cancelled; throws
    /// IOException once the connection has ended.
    /// </summary>
    public async Task<bool> PingAsync(CancellationToken cancel)
    {
        await SyncAsync(cancel);
        await SendAsync("""{"execute":"guest-ping"}""", cancel);
        return (await AnswerAsync(cancel)).Error is null;
    }

    /// <summary>
    /// Asks the guest to power off, and only one that answers now: an order left lying in the port would end a guest
    /// that comes round later. An agent that does it says nothing more, so that the answer is what comes within
    /// <paramref name="patience"/>.
    /// </summary>
    /// <returns>Null when it did not refuse; else why it does.</returns>
    public async Task<string?> PowerDownAsync(TimeSpan patience, CancellationToken cancel)
    {
        await SyncAsync(cancel);
        await SendAsync("""{"execute":"guest-shutdown","arguments":{"mode":"powerdown"}}""", cancel);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(patience);
        try
        {
            return (await AnswerAsync(limit.Token)).Error;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
        catch (IOException)
        {
            // The guest was quick: its process has ended.
            return null;
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task SyncAsync(CancellationToken cancel)
    {
        long number = ++_lastSync;
        _taken = 0;
        byte[] question = Encoding.ASCII.GetBytes(
            $$$"""{"execute":"guest-sync-delimited","arguments":{"id":{{{number}}}}}""" + "\n");
        await SendAsync((byte[])[Delimiter, .. question], cancel);
        while (true)
        {
            while (await ByteAsync(cancel) != Delimiter)
            {
                // An older question's answer, or half of one.
            }

            if (await LineAsync(cancel) is { Number: { } heard } && heard == number)
            {
                return;
            }
        }
    }

    private async Task<Answer> AnswerAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (await LineAsync(cancel) is { } answer)
            {
                return answer;
            }
        }
    }

    private Task SendAsync(string question, CancellationToken cancel) =>
        SendAsync(Encoding.ASCII.GetBytes(question + "\n"), cancel);

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        try
        {
            while (bytes.Length > 0)
            {
                bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancel)..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>The next line as an answer; null when it is none, or too long to be one.</summary>
    private async Task<Answer?> LineAsync(CancellationToken cancel)
    {
        var line = new MemoryStream();
        while (await ByteAsync(cancel) is var next && next != '\n')
        {
            if (line.Length < MaxLine)
            {
                line.WriteByte(next);
            }
        }

        try
        {
            using var document = JsonDocument.Parse(line.ToArray());
            return document.RootElement is { ValueKind: JsonValueKind.Object } root ? Read(root) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Names and words of half a character are JSON to the reader, and cannot be read.
            return null;
        }
    }

    private static Answer? Read(JsonElement root) =>
        root.TryGetProperty("error", out var error) ? new Answer(null, error.GetRawText())
        : root.TryGetProperty("return", out var back)
            ? new Answer(
                back.ValueKind == JsonValueKind.Number && back.TryGetInt64(out long number) ? number : null, null)
        : null;

    private async ValueTask<byte> ByteAsync(CancellationToken cancel)
    {
        if (_start == _end)
        {
            try
            {
                (_start, _end) = (0, await socket.ReceiveAsync(_read, SocketFlags.None, cancel));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                throw new IOException(e.Message, e);
            }

            if (_end == 0)
            {
                throw new IOException("the port was closed");
            }

            _taken += _end;
            if (_taken > MaxAnswer)
            {
                throw new IOException("the guest says more than an answer has");
            }
        }

        return _read[_start++];
    }

    /// <summary>What is taken of an answer: nothing else of what a guest wrote leaves this class.</summary>
    /// <param name="Number">What it returned, if that is a number.</param>
    /// <param name="Error">What it refused with, as it wrote it; null: it did not.</param>
    private sealed record Answer(long? Number, string? Error);
}
