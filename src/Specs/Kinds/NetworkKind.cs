using System.Globalization;
using Havm.Model;

namespace Havm.Specs;

/// <summary>Addresses that instances get.</summary>
internal static class NetworkKind
{
    private const string Octet = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

    private static readonly TextType CidrType = new(
        "network in CIDR form", 18, $@"^({Octet}\.){{3}}{Octet}/([8-9]|[12][0-9])$",
        "an IPv4 network with a prefix of 8 to 29, like 10.77.0.0/16");

    public static readonly TextType AddressType = new(
        "IPv4 address", 15, $@"^({Octet}\.){{3}}{Octet}$", "an address like 10.77.0.1");

    private static readonly Member<Range, string> First = Member.Required<Range, string>(
        "first", AddressType, r => r.First, "The lowest address that is given.");

    private static readonly Member<Range, string> Last = Member.Required<Range, string>(
        "last", AddressType, r => r.Last, "The highest address that is given.");

    private static readonly Shape<Range> RangeShape = new(
        [First, Last], v => new Range(v.Get(First), v.Get(Last)));

    private static readonly Member<NetworkSpec, string> Cidr = Member.Required<NetworkSpec, string>(
        "cidr", CidrType, s => s.Cidr, "The IPv4 network, with its prefix length.");

    private static readonly Member<NetworkSpec, string> Gateway = Member.Maybe<NetworkSpec, string>(
        "gateway", AddressType, s => s.Gateway, "The way out, told to guests.");

    private static readonly Member<NetworkSpec, Range> Given = Member.Maybe<NetworkSpec, Range>(
        "range", RangeShape, s => s.RangeFirst is null ? null : new Range(s.RangeFirst, s.RangeLast!),
        "What may be given to instances; without it, all but the first ten addresses and the last.");

    public static readonly SpecKind Network = new SpecKind<NetworkSpec>(
        "Network",
        "Addresses that instances get and keep for life.",
        new Shape<NetworkSpec>([Cidr, Gateway, Given], Build, Check));

    private static NetworkSpec Build(Values v) => new()
    {
        Cidr = v.Get(Cidr),
        Gateway = v.Get(Gateway),
        RangeFirst = v.Get(Given)?.First,
        RangeLast = v.Get(Given)?.Last,
    };

    private static void Check(NetworkSpec network, Values values)
    {
        int slash = network.Cidr.IndexOf('/');
        int prefix = int.Parse(network.Cidr.AsSpan(slash + 1), CultureInfo.InvariantCulture);
        uint size = 1u << (32 - prefix);
        uint written = Number(network.Cidr[..slash]);
        uint start = written & ~(size - 1);
        if (written != start)
        {
            values.Refuse(
                "cidr", $"is {network.Cidr}, an address within a network", $"write {Text(start)}/{prefix}");
        }

        Inside("gateway", "", network.Gateway);
        Inside("range", "first ", network.RangeFirst);
        Inside("range", "last ", network.RangeLast);
        if (network.RangeFirst is { } first && Number(first) > Number(network.RangeLast!))
        {
            values.Refuse("range", $"begins at {first}, above its end {network.RangeLast}", "swap first and last");
        }

        void Inside(string field, string which, string? address)
        {
            if (address is not null && (Number(address) <= start || Number(address) >= start + (size - 1)))
            {
                values.Refuse(
                    field, $"{which}is {address}, no host address of {network.Cidr}",
                    $"write an address from {Text(start + 1)} to {Text(start + size - 2)}");
            }
        }
    }

    private static uint Number(string address) =>
        address.Split('.').Aggregate(0u, (sum, part) => (sum << 8) | byte.Parse(part, CultureInfo.InvariantCulture));

    private static string Text(uint address) =>
        $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}";

    private sealed record Range(string First, string Last);
}
