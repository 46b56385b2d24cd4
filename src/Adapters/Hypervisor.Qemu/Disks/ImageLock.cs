using Havm.Runtime.Files;

namespace Havm.Hypervisor.Qemu.Disks;

/// <summary>
/// Asks for an image's lock the way QEMU takes it: open-file-description locks on bytes 100 and up (permissions in
/// use) and 200 and up (permissions not shared), see file-posix.c of QEMU. The write lock over all of them is granted
/// only while no QEMU anywhere on this file system has the image open, and keeps every one out meanwhile.
/// </summary>
internal static class ImageLock
{
    private const long FirstByte = 100;
    private const long ByteCount = 200;

    /// <summary>
    /// Bytes that a base is refused for: in use for writing or resizing by another, or not shared for reading. All
    /// other readers of a base share it.
    /// </summary>
    private static readonly long[] RefusingBase = [101, 103, 200];

    /// <summary>Whether no QEMU has the image open; true where there is no such file.</summary>
    public static bool IsFree(string path)
    {
        using var handle = OpenFileLock.OpenToAsk(path);
        return handle is null || OpenFileLock.IsFree(handle, FirstByte, ByteCount);
    }

    /// <summary>Whether no QEMU has it open so that it could not be the base of another; true as above.</summary>
    public static bool IsFreeAsBase(string path)
    {
        using var handle = OpenFileLock.OpenToAsk(path);
        return handle is null || Array.TrueForAll(RefusingBase, at => OpenFileLock.IsFree(handle, at, 1));
    }

    /// <summary>Deletes the image if nobody has it open; true when it is gone.</summary>
    public static bool DeleteIfFree(string path)
    {
        try
        {
            using var handle = File.OpenHandle(
                path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (!OpenFileLock.TryTake(handle, FirstByte, ByteCount))
            {
                return false;
            }

            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
    }
}
