using System.Runtime.InteropServices;

namespace Havm.Hypervisor.Qemu.Disks;

/// <summary>
/// Asks for an image's lock the way QEMU takes it: open-file-description locks on bytes 100 and up (permissions in
/// use) and 200 and up (permissions not shared), see file-posix.c of QEMU. The write lock over all of them is granted
/// only while no QEMU anywhere on this file system has the image open, and keeps every one out meanwhile.
/// </summary>
internal static partial class ImageLock
{
    private const int SetLock = 37;
    private const short WriteLock = 1;
    private const long FirstByte = 100;
    private const long ByteCount = 200;

    /// <summary>Deletes the image if nobody has it open; true when it is gone.</summary>
    public static bool DeleteIfFree(string path)
    {
        try
        {
            using var handle = File.OpenHandle(
                path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            var wanted = new FileLock { Type = WriteLock, Start = FirstByte, Length = ByteCount };
            if (FileControl((int)handle.DangerousGetHandle(), SetLock, ref wanted) != 0)
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

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FileControl(int file, int verb, ref FileLock argument);

    /// <summary>struct flock of 64-bit systems.</summary>
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
