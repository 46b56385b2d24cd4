using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Havm.GuestAgent.Kernel;

/// <summary>
/// Puts an address on loopback by one netlink message: RTM_NEWADDR of a /32, which leaves all routes alone.
/// </summary>
internal static unsafe class LoopbackAddress
{
    private const int NetlinkFamily = 16, Raw = 3, NewAddress = 20, Request = 1, Acknowledge = 4, Create = 0x400;
    private const int HeaderBytes = 16, AddressBytes = 8, AttributeBytes = 8, WholeBytes = 40;
    private const byte HostScope = 254, AddressAttribute = 1, LocalAttribute = 2;

    /// <summary>Loopback is the first interface of every network namespace.</summary>
    private const int Loopback = 1;

    /// <summary>Null when it is there now; else what is wrong.</summary>
    public static string? Add(ReadOnlySpan<byte> address)
    {
        int socket = Libc.Socket(NetlinkFamily, Raw | Libc.CloseOnExec, 0);
        if (socket < 0)
        {
            return $"netlink: error {Marshal.GetLastPInvokeError()}";
        }

        byte[] message = Message(address);
        byte* answer = stackalloc byte[256];
        nint count;
        fixed (byte* bytes = message)
        {
            count = Libc.Send(socket, bytes, message.Length, 0) < 0 ? -1 : Libc.Read(socket, answer, 256);
        }

        int error = count < HeaderBytes + sizeof(int)
            ? Marshal.GetLastPInvokeError()
            : -BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(answer + HeaderBytes, sizeof(int)));
        _ = Libc.Close(socket);
        return error is 0 or Libc.Exists ? null : $"the address cannot be put on loopback: error {error}";
    }

    private static byte[] Message(ReadOnlySpan<byte> address)
    {
        byte[] message = new byte[WholeBytes];
        BinaryPrimitives.WriteInt32LittleEndian(message, WholeBytes);
        BinaryPrimitives.WriteInt16LittleEndian(message.AsSpan(4), NewAddress);
        BinaryPrimitives.WriteInt16LittleEndian(message.AsSpan(6), Request | Acknowledge | Create);
        Span<byte> body = message.AsSpan(HeaderBytes);
        (body[0], body[1], body[3]) = ((byte)Libc.InetFamily, 32, HostScope);
        BinaryPrimitives.WriteInt32LittleEndian(body[4..], Loopback);
        foreach (byte kind in (byte[])[LocalAttribute, AddressAttribute])
        {
            Span<byte> attribute = body[(kind == LocalAttribute ? AddressBytes : AddressBytes + AttributeBytes)..];
            BinaryPrimitives.WriteInt16LittleEndian(attribute, AttributeBytes);
            BinaryPrimitives.WriteInt16LittleEndian(attribute[2..], kind);
            address.CopyTo(attribute[4..]);
        }

        return message;
    }
}
