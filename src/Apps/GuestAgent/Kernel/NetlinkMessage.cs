using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Havm.GuestAgent.Kernel;

/// <summary>One request to the kernel's network configuration (rtnetlink), and its acknowledgement.</summary>
internal sealed unsafe class NetlinkMessage
{
    public const short NewLink = 16, NewAddress = 20;

    private const int NetlinkFamily = 16, Raw = 3, HeaderBytes = 16, AttributeHeader = 4;
    private const short Request = 1, Acknowledge = 4, Exclusive = 0x200, Create = 0x400;

    private readonly byte[] _bytes = new byte[256];
    private int _length = HeaderBytes;

    /// <param name="creates">What it names must not be there yet.</param>
    /// <param name="body">The fixed part, as the kernel's headers have it.</param>
    public NetlinkMessage(short type, bool creates, ReadOnlySpan<byte> body)
    {
        BinaryPrimitives.WriteInt16LittleEndian(_bytes.AsSpan(4), type);
        BinaryPrimitives.WriteInt16LittleEndian(
            _bytes.AsSpan(6), (short)(Request | Acknowledge | (creates ? Create | Exclusive : 0)));
        Add(body);
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += (bytes.Length + 3) & ~3;
    }

    public void Add(short kind, ReadOnlySpan<byte> value)
    {
        int at = Begin(kind);
        value.CopyTo(_bytes.AsSpan(_length));
        _length += value.Length;
        End(at);
    }

    public void Add(short kind, string name) => Add(kind, Encoding.ASCII.GetBytes(name + '\0'));

    /// <summary>What is added until <see cref="End"/> is inside this attribute.</summary>
    public int Begin(short kind)
    {
        BinaryPrimitives.WriteInt16LittleEndian(_bytes.AsSpan(_length + 2), kind);
        _length += AttributeHeader;
        return _length - AttributeHeader;
    }

    public void End(int at)
    {
        BinaryPrimitives.WriteInt16LittleEndian(_bytes.AsSpan(at), (short)(_length - at));
        _length = (_length + 3) & ~3;
    }

    /// <summary>Sends it in the network namespace of this thread; the error's number, 0 when it was done.</summary>
    public int Send()
    {
        int socket = Libc.Socket(NetlinkFamily, Raw | Libc.CloseOnExec, 0);
        if (socket < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        BinaryPrimitives.WriteInt32LittleEndian(_bytes, _length);
        byte* answer = stackalloc byte[512];
        nint count;
        fixed (byte* bytes = _bytes)
        {
            count = Libc.Send(socket, bytes, _length, 0) < 0 ? -1 : Libc.Read(socket, answer, 512);
        }

        int error = count < HeaderBytes + sizeof(int)
            ? Marshal.GetLastPInvokeError()
            : -BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(answer + HeaderBytes, sizeof(int)));
        _ = Libc.Close(socket);
        return error;
    }
}
