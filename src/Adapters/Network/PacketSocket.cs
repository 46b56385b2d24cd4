using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Havm.Network;

/// <summary>A socket for the ARP frames of one interface; it takes CAP_NET_RAW.</summary>
internal sealed partial class PacketSocket : IDisposable
{
    private const int Family = 17;
    private const int RawCloseOnExecNonBlocking = 3 | 0x80000 | 0x800;

    /// <summary>ARP's type, in the network's order.</summary>
    private const ushort ArpType = 0x0608;

    private const short Readable = 1;

    private readonly SafeFileHandle _socket;

    private PacketSocket(SafeFileHandle socket, byte[] mac) => (_socket, Mac) = (socket, mac);

    /// <summary>The interface's own.</summary>
    public byte[] Mac { get; }

    /// <summary>Null where there is no such interface, or this process may not.</summary>
    public static PacketSocket? Open(string device)
    {
        if (IndexOf(device) is var index && index == 0)
        {
            return null;
        }

        var socket = new SafeFileHandle(OpenSocket(Family, RawCloseOnExecNonBlocking, ArpType), ownsHandle: true);
        var address = new LinkAddress { Family = Family, Protocol = ArpType, Interface = (int)index };
        uint size = (uint)Marshal.SizeOf<LinkAddress>();
        if (socket.IsInvalid || Bind(socket, in address, size) != 0 || NameOf(socket, ref address, ref size) != 0)
        {
            socket.Dispose();
            return null;
        }

        return new PacketSocket(socket, [.. MemoryMarshal.AsBytes(new Span<ulong>(ref address.Mac))[..6]]);
    }

    /// <summary>What cannot be sent is lost, as it may be on its way.</summary>
    public void Send(byte[] frame) => _ = SendFrame(_socket, frame, (nuint)frame.Length, 0);

    /// <summary>The next frame's length, cut to the buffer's; 0 when none came in time.</summary>
    public int Receive(Span<byte> frame, TimeSpan within)
    {
        var wanted = new PollEntry { Socket = (int)_socket.DangerousGetHandle(), Events = Readable };
        return Poll(ref wanted, 1, (int)Math.Ceiling(within.TotalMilliseconds)) > 0
            ? (int)Math.Max(0, ReceiveFrame(_socket, ref MemoryMarshal.GetReference(frame), (nuint)frame.Length, 0))
            : 0;
    }

    public void Dispose() => _socket.Dispose();

    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint IndexOf(string name);

    [LibraryImport("libc", EntryPoint = "socket")]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind")]
    private static partial int Bind(SafeFileHandle socket, in LinkAddress address, uint size);

    [LibraryImport("libc", EntryPoint = "getsockname")]
    private static partial int NameOf(SafeFileHandle socket, ref LinkAddress address, ref uint size);

    [LibraryImport("libc", EntryPoint = "send")]
    private static partial nint SendFrame(SafeFileHandle socket, byte[] frame, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv")]
    private static partial nint ReceiveFrame(SafeFileHandle socket, ref byte frame, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollEntry entries, nuint count, int milliseconds);

    /// <summary>struct sockaddr_ll.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct LinkAddress
    {
        public ushort Family;
        public ushort Protocol;
        public int Interface;
        public ushort Hardware;
        public byte PacketType;
        public byte MacLength;
        public ulong Mac;
    }

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Socket;
        public short Events;
        public short Returned;
    }
}
