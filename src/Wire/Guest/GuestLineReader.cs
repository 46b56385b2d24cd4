namespace Havm.Wire.Guest;

/// <summary>Reads guest lines from a stream, one reader a connection. Not safe for two readers at once.</summary>
public sealed class GuestLineReader(Stream stream)
{
    private readonly GuestLineBuffer _buffer = new();
    private readonly byte[] _chunk = new byte[4096];

    /// <summary>
    /// The next line; null when the peer closed. A line that the close tore is dropped. The stream's own
    /// I/O errors pass through: they end the connection, not the line.
    /// </summary>
    public async ValueTask<GuestLine?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (_buffer.TryTake(out GuestLine line))
            {
                return line;
            }

            int count = await stream.ReadAsync(_chunk, cancel);
            if (count == 0)
            {
                return null;
            }

            _buffer.Add(_chunk.AsSpan(0, count));
        }
    }
}
