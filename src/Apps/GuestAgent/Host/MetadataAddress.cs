using System.Globalization;

namespace Havm.GuestAgent.Host;

/// <summary>Where the agent answers for its guest: four bytes of IPv4, and a port.</summary>
internal sealed record MetadataAddress(byte A, byte B, byte C, byte D, int Port)
{
    /// <summary>Where clouds answer their guests.</summary>
    public static MetadataAddress Usual { get; } = new(169, 254, 169, 254, 80);

    /// <summary>The guest's own address towards it; seen by this guest alone, as the other.</summary>
    public static readonly byte[] GuestEnd = [169, 254, 169, 253];

    /// <summary>The agent makes a network for it; any other is there already.</summary>
    public bool IsLinkLocal => (A, B) == (169, 254);

    /// <summary>A.B.C.D:PORT of a link-local or loopback address; null: it is none.</summary>
    public static MetadataAddress? Parse(string text)
    {
        int[] numbers =
        [
            .. text.Split('.', ':').Select(part =>
                int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1),
        ];
        return numbers is [>= 0 and <= 255, >= 0 and <= 255, >= 0 and <= 255, >= 0 and <= 255, >= 1 and <= 65535]
            && numbers is [169, 254, ..] or [127, ..]
            && text == string.Create(
                CultureInfo.InvariantCulture, $"{numbers[0]}.{numbers[1]}.{numbers[2]}.{numbers[3]}:{numbers[4]}")
            ? new MetadataAddress((byte)numbers[0], (byte)numbers[1], (byte)numbers[2], (byte)numbers[3], numbers[4])
            : null;
    }

    public override string ToString() => $"{A}.{B}.{C}.{D}:{Port}";
}
