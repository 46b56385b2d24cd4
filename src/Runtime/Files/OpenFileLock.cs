using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Havm.Runtime.Files;

/// <summary>
/// Open-file-description locks, the kind QEMU takes on disk images: one belongs to the open file and not to the
/// process, so that a second opening by the same process is refused as well, and the kernel lets go of it when the file
/// is closed, however its holder ended.
/// </summary>
public static partial class OpenFileLock
{
    private const int SetLock = 37;
    private const short WriteLock = 1;

    // EAGAIN and EACCES: POSIX lets a system say either of a lock that another holds.
    private const int Again = 11;
    private const int AccessDenied = 13;

    /// <summary>
    /// Takes the write lock over bytes of an open file. False: somebody else holds any of them. Throws IOException
    /// where the file system knows no such locks.
    /// </summary>
    /// <param name="file">Opened for writing.</param>
    /// <param name="start">The first byte.</param>
    /// <param name="length">How many; 0 means all that follow, also those to come.</param>
    public static bool TryTake(SafeFileHandle file, long start = 0, long length = 0)
    {
        var wanted = new FileLock { Type = WriteLock, Start = start, Length = length };
        if (FileControl(file, SetLock, ref wanted) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error is Again or AccessDenied ? false : throw new IOException($"no lock can be taken: error {error}");
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FileControl(SafeFileHandle file, int verb, ref FileLock argument);

    /// <summary>struct flock of 64-bit systems; the pid must be 0.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Pid;
    }
}
