using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Network;

/// <summary>
/// Asks guests by ARP on the bridge of this node: no guest filters that, and it takes no address of the node's own on
/// their network. The first question goes to the guest's card alone; who does not answer is asked once more by all.
/// </summary>
/// <param name="bridge">The bridge that this node's own guests are on.</param>
public sealed class ArpProbe(string bridge) : IGuestProbe
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LastWait = TimeSpan.FromMilliseconds(500);

    public Task<ImmutableArray<InstanceName>> AskAsync(ImmutableArray<GuestCard> cards, CancellationToken cancel)
    {
        // Opened by the caller's own thread: a socket belongs to the network namespace of who opens it.
        var socket = PacketSocket.Open(bridge);
        return socket is null
            ? Task.FromResult<ImmutableArray<InstanceName>>([])
            : Task.Run(() => Ask(socket, cards, cancel), cancel);
    }

    private static ImmutableArray<InstanceName> Ask(
        PacketSocket socket, ImmutableArray<GuestCard> cards, CancellationToken cancel)
    {
        using (socket)
        {
            var answered = new HashSet<GuestCard>();
            AskOnce(socket, cards, answered, toAll: false, FirstWait);
            if (answered.Count < cards.Length && !cancel.IsCancellationRequested)
            {
                AskOnce(socket, cards, answered, toAll: true, LastWait);
            }

            return [.. cards.Where(answered.Contains).Select(card => card.Instance)];
        }
    }

    private static void AskOnce(
        PacketSocket socket, ImmutableArray<GuestCard> cards, HashSet<GuestCard> answered, bool toAll, TimeSpan wait)
    {
        foreach (var card in cards.Where(card => !answered.Contains(card)))
        {
            socket.Send(Question(socket.Mac, card, toAll));
        }

        var began = Stopwatch.GetTimestamp();
        Span<byte> frame = stackalloc byte[64];
        while (answered.Count < cards.Length && wait - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } left)
        {
            int length = socket.Receive(frame, left);
            if (length >= Arp.Length && Arp.IsAnswer(frame))
            {
                var (mac, address) = (Arp.SenderMac(frame), Arp.SenderAddress(frame));
                answered.UnionWith(cards.Where(card => card.Mac == mac && card.Address == address));
            }
        }
    }

    private static byte[] Question(ReadOnlySpan<byte> own, GuestCard card, bool toAll)
    {
        byte[] mac = PhysicalAddress.Parse(card.Mac.Replace(":", "", StringComparison.Ordinal)).GetAddressBytes();
        return Arp.Question(own, toAll ? null : mac, IPAddress.Parse(card.Address).GetAddressBytes());
    }

    /// <summary>An Ethernet frame that carries ARP for IPv4 (RFC 826; sent from no address, RFC 5227).</summary>
    private static class Arp
    {
        public const int Length = 42;
        private const ushort Type = 0x0806;
        private const int Asks = 1;
        private const int Answers = 2;

        /// <param name="from">The asker's MAC.</param>
        /// <param name="to">The MAC that is to hear it; null: all.</param>
        /// <param name="about">The address that is asked for.</param>
        public static byte[] Question(ReadOnlySpan<byte> from, byte[]? to, ReadOnlySpan<byte> about)
        {
            byte[] frame = new byte[Length];
            (to ?? [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).CopyTo(frame, 0);
            from.CopyTo(frame.AsSpan(6));
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), Type);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(14), 1);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(16), 0x0800);
            (frame[18], frame[19]) = (6, 4);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(20), Asks);
            from.CopyTo(frame.AsSpan(22));
            about.CopyTo(frame.AsSpan(38));
            return frame;
        }

        public static bool IsAnswer(ReadOnlySpan<byte> frame) =>
            BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == Type
            && BinaryPrimitives.ReadUInt16BigEndian(frame[20..]) == Answers;

        /// <summary>As a card's is written.</summary>
        public static string SenderMac(ReadOnlySpan<byte> frame) =>
            Convert.ToHexStringLower(frame.Slice(22, 6)) is var hex
                ? string.Join(':', Enumerable.Range(0, 6).Select(i => hex.Substring(2 * i, 2)))
                : "";

        public static string SenderAddress(ReadOnlySpan<byte> frame) => new IPAddress(frame.Slice(28, 4)).ToString();
    }
}
