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

    /// <summary>One that a single machine can have and others can ask.</summary>
    public static readonly TextType MachineAddressType = new(
        "IPv4 address of a machine", 15, $@"^(?!0\.|127\.|22[4-9]\.|2[3-5][0-9]\.)({Octet}\.){{3}}{Octet}$",
        "an address like 10.77.0.1 that other machines reach: not loopback, not multicast");

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
        new Shape<NetworkSpec>([Cidr, Gateway, Given], Build,
            new Rule([Cidr], CheckCidr),
            new Rule([Cidr, Gateway], v => Inside(v, "gateway", "", v.Get(Gateway))),
            new Rule([Cidr, Given], v => Inside(v, "range", "first ", v.Get(Given)?.First)),
            new Rule([Cidr, Given], v => Inside(v, "range", "last ", v.Get(Given)?.Last)),
            new Rule([Given], CheckRange)));

    private static NetworkSpec Build(Values v) => new()
    {
        Cidr = v.Get(Cidr),
        Gateway = v.Get(Gateway),
        RangeFirst = v.Get(Given)?.First,
        RangeLast = v.Get(Given)?.Last,
    };

    private static void CheckCidr(Values values)
    {
        string written = values.Get(Cidr);
        string network = Text(Split(written).Start) + written[written.IndexOf('/')..];
        if (written != network)
        {
            values.Refuse("cidr", $"is {written}, an address within a network", $"write {network}");
        }
    }

    private static void CheckRange(Values values)
    {
        if (values.Get(Given) is { } range && Number(range.First) > Number(range.Last))
        {
            values.Refuse("range", $"begins at {range.First}, above its end {range.Last}", "swap first and last");
        }
    }

    private static void Inside(Values values, string field, string which, string? address)
    {
        (uint first, uint last) = Hosts(values);
        if (address is not null && (Number(address) < first || Number(address) > last))
        {
            values.Refuse(
                field, $"{which}is {address}, no host address of {values.Get(Cidr)}",
                $"write an address from {Text(first)} to {Text(last)}");
        }
    }

    /// <summary>The lowest and the highest address of the network that a host may have.</summary>
    private static (uint First, uint Last) Hosts(Values values)
    {
        (uint start, uint size) = Split(values.Get(Cidr));
        return (start + 1, start + size - 2);
    }

    private static (uint Start, uint Size) Split(string cidr)
    {
        int slash = cidr.IndexOf('/');
        uint size = 1u << (32 - int.Parse(cidr.AsSpan(slash + 1), CultureInfo.InvariantCulture));
        return (Number(cidr[..slash]) & ~(size - 1), size);
    }

    private static uint Number(string address) =>
        address.Split('.').Aggregate(0u, (sum, part) => (sum << 8) | byte.Parse(part, CultureInfo.InvariantCulture));

    private static string Text(uint address) =>
        $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}";

    private sealed record Range(string First, string Last);
}
