namespace Havm.GuestAgent.DiskWriter;

/// <summary>CRC-32 of IEEE 802.3, reflected, polynomial 0xEDB88320: what zlib and cksum tools call crc32.</summary>
internal static class Crc32
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
            }
        }

        return ~crc;
    }
}
