using Havm.Runtime.Files;
using Microsoft.Win32.SafeHandles;

namespace Havm.Datastore;

/// <summary>A whole file that is held by an <see cref="OpenFileLock"/>, as a machine holds its disks.</summary>
public sealed class LockedFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private LockedFile(SafeFileHandle handle) => _handle = handle;

    /// <summary>
    /// Locks all of an existing file. Null: somebody else holds it. Throws IOException or UnauthorizedAccessException
    /// when it cannot be opened, and IOException where the file system knows no such locks.
    /// </summary>
    public static LockedFile? TryTake(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            if (OpenFileLock.TryTake(handle))
            {
                return new LockedFile(handle);
            }
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        handle.Dispose();
        return null;
    }

    public void Dispose() => _handle.Dispose();
}
