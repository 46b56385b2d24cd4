using System.Collections.Immutable;

namespace Havm.Fencing;

/// <summary>
/// Whether the 16 bytes of a BMC's system GUID are a machine's UUID. BMCs send them in one of three orders: as RFC 9562
/// writes them, with the first three fields turned round (SMBIOS 3, 7.2.1), or wholly turned round (IPMI 2.0, 20.8).
/// Three readings of 16 bytes cannot make another machine's UUID look like this one's but by design.
/// </summary>
internal static class IpmiGuid
{
    public static bool Is(ImmutableArray<byte> told, string uuid) => Guid.TryParse(uuid, out Guid wanted)
        && (wanted == new Guid(told.AsSpan(), bigEndian: true)
            || wanted == new Guid(told.AsSpan(), bigEndian: false)
            || wanted == new Guid([.. told.Reverse()], bigEndian: true));

    /// <summary>For people, in the order in which it was sent.</summary>
    public static string Text(ImmutableArray<byte> told) => new Guid(told.AsSpan(), bigEndian: true).ToString();
}
