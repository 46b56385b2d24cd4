using System.Diagnostics;
using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// One verb at a time changes a lab: an advisory lock on a file per name. The kernel frees it with its holder, so a
/// killed verb blocks nobody. Readers (`status`, Redfish reads) take no lock.
/// </summary>
public sealed class LabLock : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly FileStream _file;
    private readonly string _name;

    private LabLock(FileStream file, string name) => (_file, _name) = (file, name);

    /// <exception cref="LabRefusal">Another verb held the lock for a minute.</exception>
    public static async Task<LabLock> TakeAsync(string name, CancellationToken cancel = default)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (TryTake(name) is { } held)
            {
                return held;
            }

            if (clock.Elapsed > Patience)
            {
                throw new LabRefusal(
                    $"lab '{name}'", "lock", $"another verb has been changing this lab for {Patience.TotalSeconds} s",
                    "Wait for it or end it, then try again");
            }

            await Task.Delay(Pause, cancel);
        }
    }

    /// <summary>Frees the lock; its file goes too where no lab of this name is on record (any more).</summary>
    public void Dispose()
    {
        if (LabRecord.Find(_name) is null)
        {
            File.Delete(_file.Name);
        }

        _file.Dispose();
        try
        {
            Directory.Delete(LabRecord.Home);
        }
        catch (IOException)
        {
            // A record or another lock is there.
        }
    }

    private static LabLock? TryTake(string name)
    {
        var path = $"{LabRecord.Home}/{name}.lock";
        FileStream file;
        try
        {
            Directory.CreateDirectory(LabRecord.Home);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException)
        {
            return null;
        }

        // Between our opening and our locking its holder may have removed the file: a lock on nothing.
        var opened = File.ResolveLinkTarget($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}", false);
        if (opened?.FullName == path)
        {
            return new LabLock(file, name);
        }

        file.Dispose();
        return null;
    }
}
