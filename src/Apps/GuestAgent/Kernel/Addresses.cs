using System.Runtime.InteropServices;
using System.Text;

namespace Havm.GuestAgent.Kernel;

/// <summary>Addresses of this machine, and non-blocking connections to them.</summary>
internal static unsafe class Addresses
{
    /// <summary>What an IPv4 address and its port take.</summary>
    public const int InetBytes = 16;

    private const int UnixPathBytes = 108;

    /// <summary>A connection to a port of 127.0.0.1, perhaps still in progress; -1 when refused at once.</summary>
    public static int ConnectLoopback(int port)
    {
        byte* address = stackalloc byte[InetBytes];
        Write(new Span<byte>(address, InetBytes), [127, 0, 0, 1], port);
        return Connect(Libc.InetFamily, address, InetBytes);
    }

    /// <summary>An IPv4 address as the kernel reads it.</summary>
    public static void Write(Span<byte> bytes, ReadOnlySpan<byte> host, int port)
    {
        bytes.Clear();
        MemoryMarshal.Write(bytes, (short)Libc.InetFamily);
        (bytes[2], bytes[3]) = ((byte)(port >> 8), (byte)port);
        host.CopyTo(bytes[4..]);
    }

    /// <summary>A connection to a unix socket; -1 when nobody listens there.</summary>
    public static int ConnectUnix(string path)
    {
        byte* address = stackalloc byte[2 + UnixPathBytes];
        new Span<byte>(address, 2 + UnixPathBytes).Clear();
        *(short*)address = Libc.UnixFamily;
        return Encoding.UTF8.GetByteCount(path) < UnixPathBytes
            && Encoding.UTF8.GetBytes(path, new Span<byte>(address + 2, UnixPathBytes)) > 0
            ? Connect(Libc.UnixFamily, address, 2 + UnixPathBytes)
            : -1;
    }

    private static int Connect(int family, byte* address, uint length)
    {
        int socket = Libc.Socket(family, Libc.Stream | Libc.NonBlock | Libc.CloseOnExec, 0);
        if (socket < 0 || Libc.Connect(socket, address, length) == 0
            || Marshal.GetLastPInvokeError() == Libc.InProgress)
        {
            return socket;
        }

        _ = Libc.Close(socket);
        return -1;
    }
}
