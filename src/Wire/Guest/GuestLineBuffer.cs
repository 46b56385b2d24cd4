namespace Havm.Wire.Guest;

/// <summary>
/// Cuts a stream of bytes into lines. Holds at most one line of <see cref="GuestLine.MaxBytes"/>; what is longer is
/// skipped to its newline and comes out as one malformed line. Empty lines are skipped: a sender starts each
/// connection with a newline so that a torn line before it cannot swallow its first message.
/// </summary>
public sealed class GuestLineBuffer
{
    private readonly Queue<GuestLine> _lines = new();
    private byte[] _held = new byte[1024];
    private int _length;
    private bool _skipping;

    /// <summary>Adds bytes as they came; whole lines can be taken afterwards.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            Hold(bytes[..end]);
            EndLine();
            bytes = bytes[(end + 1)..];
        }

        Hold(bytes);
    }

    /// <summary>The next whole line, oldest first; false when there is none.</summary>
    public bool TryTake(out GuestLine line) => _lines.TryDequeue(out line!);

    /// <summary>Drops a torn last line: a new connection starts with a new line. Whole lines stay.</summary>
    public void EndConnection()
    {
        _length = 0;
        _skipping = false;
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        if (_skipping || _length + bytes.Length > GuestLine.MaxBytes)
        {
            _skipping = true;
            return;
        }

        if (_length + bytes.Length > _held.Length)
        {
            Array.Resize(ref _held, Math.Min(GuestLine.MaxBytes, Math.Max(_held.Length * 2, _length + bytes.Length)));
        }

        bytes.CopyTo(_held.AsSpan(_length));
        _length += bytes.Length;
    }

    private void EndLine()
    {
        ReadOnlySpan<byte> line = _held.AsSpan(0, _length).TrimEnd((byte)'\r');
        if (_skipping)
        {
            _lines.Enqueue(GuestLine.TooLong);
        }
        else if (line.Length > 0)
        {
            _lines.Enqueue(GuestLine.Decode(line));
        }

        _length = 0;
        _skipping = false;
    }
}
