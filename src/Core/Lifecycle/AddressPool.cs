using System.Net;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Lifecycle;

/// <summary>
/// Gives each card the lowest free address of its network, and a MAC derived from it, for the life of the instance.
/// </summary>
internal sealed class AddressPool(Ledger ledger)
{
    private readonly HashSet<(string Network, uint Address)> _taken =
    [
        .. ledger.Instances.Values.SelectMany(i => i.Machine.Nics)
            .Select(n => (n.Network, ToNumber(n.Address.Split('/')[0]))),
    ];

    private readonly Dictionary<string, uint> _lowest = [];

    /// <summary>Null when the network does not exist or is full.</summary>
    public NicDefinition? Take(string network, InstanceName instance, int card)
    {
        if (ledger.Find<NetworkSpec>("Network", network) is not { } spec || Range(spec) is not { } range)
        {
            return null;
        }

        var gateway = spec.Gateway is { } g ? ToNumber(g) : 0;
        for (var address = _lowest.GetValueOrDefault(network, range.First); address <= range.Last; address++)
        {
            if (address != gateway && _taken.Add((network, address)))
            {
                _lowest[network] = address + 1;
                return new NicDefinition(
                    network, Mac(address, card), $"{ToText(address)}/{range.Prefix}", spec.Gateway);
            }
        }

        _lowest[network] = range.Last + 1;
        return null;
    }

    /// <summary>Whether two networks share an address.</summary>
    public static bool Overlap(NetworkSpec a, NetworkSpec b) =>
        IPNetwork.TryParse(a.Cidr, out var one) && IPNetwork.TryParse(b.Cidr, out var other)
        && (one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress));

    /// <summary>How many addresses a network can give in all.</summary>
    public static long Size(NetworkSpec spec)
    {
        if (Range(spec) is not { } range)
        {
            return 0;
        }

        var gateway = spec.Gateway is { } g ? ToNumber(g) : 0;
        return (long)range.Last - range.First + (gateway >= range.First && gateway <= range.Last ? 0 : 1);
    }

    private static (uint First, uint Last, int Prefix)? Range(NetworkSpec spec)
    {
        if (!IPNetwork.TryParse(spec.Cidr, out var network) || network.PrefixLength > 30)
        {
            return null;
        }

        var first = ToNumber(network.BaseAddress.ToString());
        var last = first + (uint)((1L << (32 - network.PrefixLength)) - 1);
        return (
            spec.RangeFirst is { } from ? ToNumber(from) : Math.Min(first + 11, last - 1),
            spec.RangeLast is { } to ? ToNumber(to) : last - 1,
            network.PrefixLength);
    }

    /// <summary>
    /// Locally administered, 52:54 as QEMU's own; the address in the last four bytes keeps it unique in a network.
    /// </summary>
    private static string Mac(uint address, int card) =>
        $"5{card % 4 * 4 + 2:x}:54:"
        + $"{address >> 24:x2}:{address >> 16 & 255:x2}:{address >> 8 & 255:x2}:{address & 255:x2}";

    private static uint ToNumber(string address)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        return ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];
    }

    private static string ToText(uint address) =>
        $"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}";
}
