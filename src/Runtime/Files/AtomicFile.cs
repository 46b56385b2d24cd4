using System.Runtime.InteropServices;
using System.Text;

namespace Havm.Runtime.Files;

/// <summary>
/// A small file that is replaced whole: a reader, and a machine that lost its power, finds the old or the new content,
/// never a part. When <see cref="Write"/> returns, content and name are on disk.
/// </summary>
public static partial class AtomicFile
{
    private const int ReadOnlyDirectory = 0x10000;

    /// <summary>
    /// Throws IOException or UnauthorizedAccessException when it could not be made durable; the old content stays.
    /// </summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string written = path + ".new";
        using (var file = File.OpenHandle(written, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, content, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(written, path, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static void SyncDirectory(string directory)
    {
        int handle = Open(Encoding.UTF8.GetBytes(directory + "\0"), ReadOnlyDirectory, 0);
        if (handle < 0)
        {
            throw new IOException($"{directory} cannot be opened to sync it: error {Marshal.GetLastPInvokeError()}");
        }

        int result = Fsync(handle);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(handle);
        if (result != 0)
        {
            throw new IOException($"{directory} cannot be synced: error {error}");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte[] path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);
}
