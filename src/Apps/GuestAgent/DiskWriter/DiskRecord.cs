using System.Globalization;
using System.Text;

namespace Havm.GuestAgent.DiskWriter;

/// <summary>
/// What a writer leaves in the first sector of its disk, so that anyone can read from outside who wrote last. One
/// line of ASCII, padded with blanks to 511 bytes, then a newline:
/// <c>havm-disk/1 writer=NAME generation=G boot=B counter=C crc=XXXXXXXX</c>. The checksum is CRC-32 (IEEE 802.3, as
/// in zlib) of everything before <c> crc=</c>, in eight lower-case hexadecimal digits.
/// </summary>
/// <param name="Writer">The instance's name, without blanks, 200 characters at most.</param>
/// <param name="Generation">The instance's seat number when it wrote.</param>
/// <param name="Boot">How many times a writer has been started on this disk.</param>
/// <param name="Counter">Counts every write to this disk, through all writers.</param>
internal sealed record DiskRecord(string Writer, long Generation, long Boot, long Counter)
{
    /// <summary>The record's size: one sector, which a disk writes whole or not at all.</summary>
    public const int Bytes = 512;

    private const string Magic = "havm-disk/1";

    /// <summary>The record as its sector.</summary>
    public byte[] Encode()
    {
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{Magic} writer={Writer} generation={Generation} boot={Boot} counter={Counter}");
        string line = $"{text} crc={Crc32.Of(Encoding.ASCII.GetBytes(text)):x8}";
        return Encoding.ASCII.GetBytes(line.PadRight(Bytes - 1) + "\n");
    }

    /// <summary>Reads a sector. Null for one of zeros, which nobody has written to.</summary>
    /// <exception cref="FormatException">The sector holds something else, or its checksum is wrong.</exception>
    public static DiskRecord? Decode(ReadOnlySpan<byte> sector)
    {
        if (!sector.ContainsAnyExcept((byte)0))
        {
            return null;
        }

        string[] words = Encoding.ASCII.GetString(sector).TrimEnd().Split(' ');
        if (words.Length != 6 || words[0] != Magic)
        {
            throw new FormatException("it holds something that no writer wrote");
        }

        string text = string.Join(' ', words[..5]);
        if (Value(words[5], "crc") != $"{Crc32.Of(Encoding.ASCII.GetBytes(text)):x8}")
        {
            throw new FormatException("its record's checksum is wrong");
        }

        return new DiskRecord(
            Value(words[1], "writer"),
            Number(words[2], "generation"),
            Number(words[3], "boot"),
            Number(words[4], "counter"));
    }

    private static long Number(string word, string name) => long.Parse(Value(word, name), CultureInfo.InvariantCulture);

    private static string Value(string word, string name) =>
        word.StartsWith(name + "=", StringComparison.Ordinal)
            ? word[(name.Length + 1)..]
            : throw new FormatException($"its record lacks {name}");
}
