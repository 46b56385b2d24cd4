using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Havm.Runtime.Ports;
using Microsoft.Win32.SafeHandles;

namespace Havm.Store.Sqlite;

/// <summary>
/// One process at a time: an open-file-description lock on a file beside the store. The kernel lets go of it when the
/// holder dies in any way; the pid in the file is only for the message of whoever comes second.
/// </summary>
internal sealed partial class StoreLock : IDisposable
{
    private const int SetOpenFileLock = 37;
    private const short WriteLock = 1;

    private readonly SafeFileHandle _file;

    private StoreLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock or throws <see cref="StoreTrouble.HeldByAnother"/>.</summary>
    public static StoreLock Take(string storePath)
    {
        SafeFileHandle file = File.OpenHandle(
            storePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var request = new FileLock { Type = WriteLock };
        if (Fcntl(file, SetOpenFileLock, ref request) != 0)
        {
            string holder = DescribeHolder(file);
            file.Dispose();
            throw new StoreException(
                StoreTrouble.HeldByAnother,
                $"state {storePath} is in use by {holder}; stop it, or give this process another state directory");
        }

        WritePid(file);
        return new StoreLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static void WritePid(SafeFileHandle file)
    {
        try
        {
            RandomAccess.SetLength(file, 0);
            RandomAccess.Write(file, Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"), 0);
        }
        catch (IOException)
        {
            // On a full disk the lock holds all the same; only the other side's message loses the pid.
        }
    }

    private static string DescribeHolder(SafeFileHandle file)
    {
        Span<byte> bytes = stackalloc byte[32];
        int count = RandomAccess.Read(file, bytes, 0);
        if (!int.TryParse(Encoding.ASCII.GetString(bytes[..count]), CultureInfo.InvariantCulture, out int pid))
        {
            return "another process";
        }

        try
        {
            return $"process {pid} ({File.ReadAllText($"/proc/{pid}/comm").TrimEnd()})";
        }
        catch (IOException)
        {
            return $"process {pid}";
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafeFileHandle file, int command, ref FileLock request);

    /// <summary>struct flock of 64-bit Linux; start 0 and length 0 mean the whole file, pid must be 0.</summary>
    private struct FileLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Pid;
    }
}
