using System.Net.Sockets;
using System.Text.Json;

namespace Havm.Hypervisor.Qemu.Qmp;

/// <summary>
/// One connection to a monitor socket: JSON objects, one a line, both ways. QEMU serves one client per socket; a
/// second one connects and then hears nothing, so a missing greeting is silence and not an error.
/// </summary>
internal sealed class QmpSocket : IDisposable
{
    /// <summary>
    /// Longest line taken from QEMU; query-qmp-schema, the longest answer there is, has about 200 KiB.
    /// </summary>
    private const int MaxLine = 4 * 1024 * 1024;

    private readonly Socket _socket;
    private byte[] _held = new byte[8 * 1024];
    private int _start;
    private int _end;

    private QmpSocket(Socket socket) => _socket = socket;

    /// <summary>
    /// Connects and reads the greeting. Throws <see cref="QmpException"/>; a cancelled token throws as such.
    /// </summary>
    public static async Task<QmpSocket> ConnectAsync(string path, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var connection = new QmpSocket(socket);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            var greeting = await connection.ReadAsync(cancel)
                ?? throw new QmpException(QmpTrouble.Closed, "closed before its greeting");
            if (!greeting.TryGetProperty("QMP", out _))
            {
                throw new QmpException(QmpTrouble.Garbled, "no QMP greeting");
            }

            return connection;
        }
        catch (SocketException e)
        {
            connection.Dispose();
            throw new QmpException(QmpTrouble.Closed, $"cannot connect to {path}: {e.Message}", e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sends one object, newline included by the caller.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> line, CancellationToken cancel)
    {
        try
        {
            while (line.Length > 0)
            {
                line = line[await _socket.SendAsync(line, SocketFlags.None, cancel)..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new QmpException(QmpTrouble.Closed, e.Message, e);
        }
    }

    /// <summary>The next object; null when QEMU closed.</summary>
    public async ValueTask<JsonElement?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            int newline = _held.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                var line = _held.AsMemory(_start, newline);
                _start += newline + 1;
                return Parse(line);
            }

            if (!await FillAsync(cancel))
            {
                return null;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        MakeRoom();
        try
        {
            int count = await _socket.ReceiveAsync(_held.AsMemory(_end), SocketFlags.None, cancel);
            _end += count;
            return count > 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _held.AsSpan(_start, _end - _start).CopyTo(_held);
            _end -= _start;
            _start = 0;
        }

        if (_end == _held.Length)
        {
            if (_end >= MaxLine)
            {
                throw new QmpException(QmpTrouble.Garbled, $"a line longer than {MaxLine} bytes");
            }

            Array.Resize(ref _held, _held.Length * 2);
        }
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new QmpException(QmpTrouble.Garbled, "a line that is no JSON object");
        }
        catch (JsonException e)
        {
            throw new QmpException(QmpTrouble.Garbled, e.Message, e);
        }
    }
}
