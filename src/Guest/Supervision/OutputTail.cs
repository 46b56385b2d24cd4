using System.Collections.Immutable;
using System.Text;

namespace Havm.Guest.Supervision;

/// <summary>
/// The end of what a program writes, byte by byte, in little memory: lines that are too long are cut where they grow,
/// not when they are asked for. Not safe for two threads at once.
/// </summary>
public sealed class OutputTail
{
    /// <summary>UTF-8 takes four bytes for a character at most.</summary>
    private const int LongestLine = 4 * LogLines.Longest;

    private readonly Queue<string> _lines = new();
    private readonly List<byte> _last = [];

    /// <summary>The lines so far, bounded and clean; the last may not be finished.</summary>
    public ImmutableArray<string> Lines => LogLines.Bound([.. _lines, Text(_last)]);

    /// <summary>Takes what was written next.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var end)
        {
            Grow(bytes[..end]);
            if (_last.Count > 0)
            {
                _lines.Enqueue(Text(_last));
                _last.Clear();
            }

            if (_lines.Count > LogLines.Most)
            {
                _lines.Dequeue();
            }

            bytes = bytes[(end + 1)..];
        }

        Grow(bytes);
    }

    private void Grow(ReadOnlySpan<byte> bytes) => _last.AddRange(bytes[..Math.Min(bytes.Length,
        LongestLine - _last.Count)]);

    private static string Text(List<byte> bytes) => Encoding.UTF8.GetString([.. bytes]);
}
