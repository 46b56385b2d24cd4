using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Havm.Datastore;

/// <summary>
/// A file held by an open-file-description lock, the kind QEMU takes on disk images: it belongs to the open file and
/// not to the process, so that a second opening of the same process is refused as well.
/// </summary>
public sealed partial class LockedFile : IDisposable
{
    private const int SetLock = 37;
    private const short WriteLock = 1;

    private readonly SafeFileHandle _handle;

    private LockedFile(SafeFileHandle handle) => _handle = handle;

    /// <summary>
    /// Locks all of an existing file. Null: somebody else holds it. Throws IOException or UnauthorizedAccessException
    /// when it cannot be opened, and IOException where the file system knows no such locks.
    /// </summary>
    public static LockedFile? TryTake(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var wanted = new FileLock { Type = WriteLock };
        if (FileControl((int)handle.DangerousGetHandle(), SetLock, ref wanted) == 0)
        {
            return new LockedFile(handle);
        }

        int error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        return error is Again or AccessDenied
            ? null
            : throw new IOException($"{path} cannot be locked: error {error}");
    }

    public void Dispose() => _handle.Dispose();

    // EAGAIN and EACCES: POSIX lets a system say either of a lock that another holds.
    private const int Again = 11;
    private const int AccessDenied = 13;

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FileControl(int file, int verb, ref FileLock argument);

    /// <summary>struct flock of 64-bit systems; a length of 0 means all of the file.</summary>
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
