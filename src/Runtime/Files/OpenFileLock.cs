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
    private const int GetLock = 36;
    private const int SetLock = 37;
    private const short WriteLock = 1;
    private const short Unlocked = 2;

    private const int CloseOnExec = 0x80000;
    private const int NoEntry = 2;
    private const int NotDirectory = 20;

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

    /// <summary>
    /// Whether nobody else holds any lock over these bytes now. Takes none. Throws IOException where the file system
    /// knows no such locks.
    /// </summary>
    public static bool IsFree(SafeFileHandle file, long start = 0, long length = 0)
    {
        var wanted = new FileLock { Type = WriteLock, Start = start, Length = length };
        return FileControl(file, GetLock, ref wanted) == 0
            ? wanted.Type == Unlocked
            : throw new IOException($"no lock can be asked for: error {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>
    /// Opens a file for reading, to ask for its locks. The framework's own way takes a shared flock, which NFS turns
    /// into a lock over all bytes: whoever only asks would refuse others. Null: there is no such file.
    /// </summary>
    public static SafeFileHandle? OpenToAsk(string path)
    {
        var descriptor = Open(path, CloseOnExec);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        var error = Marshal.GetLastPInvokeError();
        return error is NoEntry or NotDirectory
            ? null : throw new IOException($"{path} cannot be opened: error {error}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

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
