using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Havm.Sensors;

/// <summary>The records of /dev/kmsg: each read gives one whole, and says so when there is no newer.</summary>
internal static partial class KernelRecords
{
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    /// <summary>The record was overwritten while it was read: the next read begins at the oldest there is.</summary>
    private const int BrokenPipe = 32;

    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle Open(string path)
    {
        var handle = new SafeFileHandle(OpenFile(path, ReadOnly | NonBlocking | CloseOnExec), ownsHandle: true);
        return handle.IsInvalid
            ? throw new IOException($"{path} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}")
            : handle;
    }

    /// <summary>The next record; null: there is none yet.</summary>
    public static string? Next(SafeFileHandle log, byte[] into)
    {
        while (true)
        {
            nint read = ReadFile(log, into, into.Length);
            if (read > 0)
            {
                return Encoding.UTF8.GetString(into, 0, (int)read);
            }

            if (read == 0 || Marshal.GetLastPInvokeError() != BrokenPipe)
            {
                return null;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(SafeFileHandle file, byte[] into, nint length);
}
