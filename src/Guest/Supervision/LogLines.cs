using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Havm.Guest.Supervision;

/// <summary>
/// The end of what a program wrote, as it may be sent, kept and shown. The guest makes it so, and the host again: a
/// guest is not trusted to have.
/// </summary>
public static class LogLines
{
    /// <summary>Lines that are kept, the newest.</summary>
    public const int Most = 64;

    /// <summary>What they may take together in a message, each with what JSON adds to it; 16 KiB.</summary>
    public const int MostBytes = 16 * 1024;

    /// <summary>Characters of one line; the rest of a longer one is left out.</summary>
    public const int Longest = 512;

    /// <summary>What JSON adds to a line: quotes and a comma.</summary>
    private const int Around = 3;

    /// <summary>The newest of the lines, each clean, oldest first; empty ones are left out.</summary>
    public static ImmutableArray<string> Bound(IReadOnlyList<string> lines, int most = Most, int mostBytes = MostBytes)
    {
        var kept = new Stack<string>();
        int left = mostBytes;
        for (int i = lines.Count - 1; i >= 0 && kept.Count < most; i--)
        {
            // What is read off a wire may lack a line, whatever its type says.
            string line = lines[i] is { } written ? Clean(written) : "";
            left -= line.Length == 0 ? 0 : JsonEncodedText.Encode(line).EncodedUtf8Bytes.Length + Around;
            if (left < 0)
            {
                break;
            }

            if (line.Length > 0)
            {
                kept.Push(line);
            }
        }

        return [.. kept];
    }

    /// <summary>
    /// A line that does nothing to a terminal: no control characters, no sequences that begin with escape, nothing that
    /// turns the direction of text around; at most <see cref="Longest"/> characters.
    /// </summary>
    public static string Clean(string line)
    {
        var clean = new StringBuilder(Math.Min(line.Length, Longest));
        for (int i = 0; i < line.Length && clean.Length < Longest; i++)
        {
            char c = line[i];
            if (c == '\x1b' && i + 1 < line.Length && line[i + 1] == '[')
            {
                i = EndOfSequence(line, i + 2);
            }
            else if (char.IsSurrogate(c))
            {
                // Half a character is none; a whole one must fit whole.
                bool isWhole = i + 1 < line.Length && char.IsSurrogatePair(c, line[i + 1])
                    && clean.Length + 2 <= Longest;
                clean.Append(isWhole ? line.AsSpan(i, 2) : "\ufffd");
                i += isWhole ? 1 : 0;
            }
            else if (c == '\t')
            {
                clean.Append(' ');
            }
            else if (IsPlain(c))
            {
                clean.Append(c);
            }
        }

        return clean.ToString().TrimEnd();
    }

    private static bool IsPlain(char c) => char.GetUnicodeCategory(c) is not (UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>Where a sequence ends: at its first letter, or with the line.</summary>
    private static int EndOfSequence(string line, int from)
    {
        while (from < line.Length && line[from] is < '@' or > '~')
        {
            from++;
        }

        return from;
    }
}
