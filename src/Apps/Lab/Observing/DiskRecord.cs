using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Observing;

/// <summary>
/// What the guest that writes to a disk says of itself in the disk's first sector, read from outside: who wrote last,
/// in which generation, and how many records there are.
/// </summary>
/// <param name="Writer">The instance's name.</param>
/// <param name="Boot">How many times a writer has been started on this disk.</param>
/// <param name="Counter">Counts every record, through all writers.</param>
public sealed partial record DiskRecord(string Writer, long Generation, long Boot, long Counter)
{
    private const int SectorBytes = 512;
    private const int Tries = 3;

    /// <summary>The record on an instance's kept disk; null before the first was written.</summary>
    /// <exception cref="LabFailure">The disk cannot be read, or its first sector holds something else.</exception>
    public static async Task<DiskRecord?> ReadAsync(LabPlan plan, string instance, string disk)
    {
        var file = $"{plan.Paths.Datastore}/instances/{instance}/{disk}.qcow2";
        for (var attempt = 1; ; attempt++)
        {
            // Shared and read-only: the writer's lock is neither asked for nor hindered.
            var dump = await Tool.RunAsync(
                "qemu-io", ["-r", "-U", "-f", "qcow2", "-c", $"read -v 0 {SectorBytes}", file]);
            var sector = Bytes(dump);
            if (sector.Length == SectorBytes && sector.All(value => value == 0))
            {
                return null;
            }

            if (Decode(sector) is { } record)
            {
                return record;
            }

            // A read may fall into the middle of a write; a record that stays unreadable is a damaged one.
            if (attempt == Tries)
            {
                throw new LabFailure($"{file}: its first sector holds no record: {Encoding.ASCII.GetString(sector)}");
            }
        }
    }

    /// <summary>Null unless the sector is a whole record with a right checksum.</summary>
    public static DiskRecord? Decode(ReadOnlySpan<byte> sector)
    {
        var match = RecordShape().Match(Encoding.ASCII.GetString(sector));
        return match.Success && match.Groups["crc"].Value == $"{Checksum(match.Groups["text"].Value):x8}"
            ? new DiskRecord(match.Groups["writer"].Value, Number("generation"), Number("boot"), Number("counter"))
            : null;

        long Number(string name) => long.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
    }

    private static byte[] Bytes(string dump) =>
    [
        .. DumpLine().Matches(dump).SelectMany(line => line.Groups["hex"].Value
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(value => byte.Parse(value, NumberStyles.HexNumber, CultureInfo.InvariantCulture))),
    ];

    /// <summary>CRC-32 of IEEE 802.3 (reflected, polynomial 0xEDB88320), as zlib counts it.</summary>
    private static uint Checksum(string text)
    {
        var crc = ~0u;
        foreach (var value in Encoding.ASCII.GetBytes(text))
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
            }
        }

        return ~crc;
    }

    [GeneratedRegex(
        @"^(?<text>havm-disk/1 writer=(?<writer>\S+) generation=(?<generation>\d+) boot=(?<boot>\d+)"
        + @" counter=(?<counter>\d+)) crc=(?<crc>[0-9a-f]{8})\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex RecordShape();

    [GeneratedRegex(
        @"^[0-9a-f]{8}:  (?<hex>(?:[0-9a-f]{2} ){1,16})", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex DumpLine();
}
