using System.Globalization;
using System.Text;
using Havm.Runtime.Files;
using Havm.Runtime.Ports;
using Microsoft.Win32.SafeHandles;

namespace Havm.Store.Sqlite;

/// <summary>
/// One process at a time: an open-file-description lock on a file beside the store. The kernel lets go of it when the
/// holder dies in any way; the pid in the file is only for the message of whoever comes second.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private StoreLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock or throws <see cref="StoreTrouble.HeldByAnother"/>.</summary>
    public static StoreLock Take(string storePath)
    {
        SafeFileHandle file = File.OpenHandle(
            storePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            if (!OpenFileLock.TryTake(file))
            {
                throw new StoreException(
                    StoreTrouble.HeldByAnother,
                    $"state {storePath} is in use by {DescribeHolder(file)}; stop it, or give this process another "
                    + "state directory");
            }

            WritePid(file);
            return new StoreLock(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
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
}
