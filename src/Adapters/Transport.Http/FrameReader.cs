using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Havm.Transport.Http;

/// <summary>
/// Cuts a stream into lines and reads each as one frame. Bytes are taken from the stream as they come, so that a line
/// longer than the stream's flow-control window still arrives; what is held never exceeds the line limit by more than
/// one read. Empty lines are passed over. One reader a stream.
/// </summary>
public sealed class FrameReader<T>(Stream stream, JsonTypeInfo<T> shape, int maxLineBytes) where T : class
{
    private const int RestingBytes = 8 << 10;

    private byte[] _held = new byte[RestingBytes];
    private int _start;
    private int _end;
    private int _searched;

    /// <summary>The next frame, or the trouble that ends the stream. I/O errors of the stream pass through.</summary>
    public async ValueTask<FrameRead<T>> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            int newline = _held.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                int lineEnd = _searched + newline;
                Range line = _start..lineEnd;
                _start = _searched = lineEnd + 1;
                if (lineEnd - line.Start.Value > maxLineBytes)
                {
                    return new(null, $"a line is longer than {maxLineBytes} bytes");
                }

                if (!_held.AsSpan(line).TrimEnd((byte)'\r').IsEmpty)
                {
                    return Decode(_held.AsSpan(line));
                }

                continue;
            }

            _searched = _end;
            if (_end - _start > maxLineBytes)
            {
                return new(null, $"a line is longer than {maxLineBytes} bytes");
            }

            MakeRoom();
            int count = await stream.ReadAsync(_held.AsMemory(_end), cancel).ConfigureAwait(false);
            if (count == 0)
            {
                return default;
            }

            _end += count;
        }
    }

    private FrameRead<T> Decode(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, shape) is { } frame
                ? new(frame, null)
                : new(null, "a line holds null instead of a frame");
        }
        catch (JsonException error)
        {
            return new(null, $"a line is not a frame: {error.Message}");
        }
    }

    /// <summary>Moves what is held to the front, and lets go of a large buffer once its large line is done.</summary>
    private void MakeRoom()
    {
        int length = _end - _start;
        byte[] to = _held;
        if (length == _held.Length)
        {
            to = new byte[_held.Length * 2];
        }
        else if (length == 0 && _held.Length > RestingBytes * 8)
        {
            to = new byte[RestingBytes];
        }

        Buffer.BlockCopy(_held, _start, to, 0, length);
        (_held, _start, _end, _searched) = (to, 0, length, length);
    }
}

/// <summary>One read: a frame, or why the stream cannot be read on; neither at the stream's good end.</summary>
public readonly record struct FrameRead<T>(T? Frame, string? Trouble) where T : class;
