using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Havm.Datastore;

/// <summary>
/// A small file read and written past this machine's page cache, so that what is read came from the storage and what
/// is written went there. A file system that knows no direct I/O gets synchronous writes instead.
/// </summary>
internal static partial class DirectFile
{
    /// <summary>Direct I/O goes in whole blocks at block boundaries, also in memory.</summary>
    public const int Block = 4096;

    public const int LongestBytes = 64 * Block;

    private const int WriteOnly = 0x1;
    private const int Create = 0x40;
    private const int Synchronous = 0x101000;
    private const int Direct = 0x4000;
    private const int CloseOnExec = 0x80000;
    private const int InvalidArgument = 22;
    private const int OwnerWritesAllRead = 0x1A4;

    /// <summary>Writes the bytes, filled up with zeros to whole blocks, at the beginning. Throws IOException.</summary>
    public static unsafe void Write(string path, ReadOnlySpan<byte> content)
    {
        int length = (content.Length + Block - 1) / Block * Block;
        if (length > LongestBytes)
        {
            throw new IOException($"{path}: {content.Length} bytes are more than {LongestBytes}");
        }

        using var file = Open(path, WriteOnly | Create | Synchronous);
        void* memory = NativeMemory.AlignedAlloc((nuint)length, Block);
        try
        {
            var buffer = new Span<byte>(memory, length);
            buffer.Clear();
            content.CopyTo(buffer);
            RandomAccess.Write(file, buffer, 0);
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    /// <summary>Reads the file from its beginning, at most <see cref="LongestBytes"/>. Throws IOException.</summary>
    public static unsafe byte[] Read(string path)
    {
        using var file = Open(path, 0);
        void* memory = NativeMemory.AlignedAlloc(LongestBytes, Block);
        try
        {
            var buffer = new Span<byte>(memory, LongestBytes);
            int read = RandomAccess.Read(file, buffer, 0);
            return buffer[..read].ToArray();
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    /// <summary>
    /// Whether the file system of an existing file takes direct I/O; without it reads may come from this machine's
    /// cache. Throws IOException when the file cannot be opened at all.
    /// </summary>
    public static bool IsTaken(string path)
    {
        int handle = OpenFile(Encoding.UTF8.GetBytes(path + "\0"), Direct | CloseOnExec, OwnerWritesAllRead);
        int error = Marshal.GetLastPInvokeError();
        if (handle >= 0)
        {
            new SafeFileHandle(handle, ownsHandle: true).Dispose();
            return true;
        }

        return error == InvalidArgument ? false : throw new IOException($"{path} cannot be opened: error {error}");
    }

    private static SafeFileHandle Open(string path, int flags)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + "\0");
        int handle = OpenFile(name, flags | Direct | CloseOnExec, OwnerWritesAllRead);
        if (handle < 0 && Marshal.GetLastPInvokeError() == InvalidArgument)
        {
            handle = OpenFile(name, flags | CloseOnExec, OwnerWritesAllRead);
        }

        return handle >= 0
            ? new SafeFileHandle(handle, ownsHandle: true)
            : throw new IOException($"{path} cannot be opened: error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int OpenFile(byte[] path, int flags, int mode);
}
