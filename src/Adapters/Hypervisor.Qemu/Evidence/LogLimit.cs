namespace Havm.Hypervisor.Qemu.Evidence;

/// <summary>
/// Keeps a talkative guest, or a QEMU that complains without end, from filling the node's disk. Both logs are appended
/// to, so that they can be cut under their writer, who never waits for it.
/// </summary>
public static class LogLimit
{
    /// <summary>Cuts each log of a machine to its tail once it is longer than a limit.</summary>
    /// <param name="files">Of the machine.</param>
    /// <param name="limit">In bytes.</param>
    /// <param name="tail">Bytes that stay, the newest.</param>
    public static void Apply(MachineFiles files, long limit, int tail)
    {
        Apply(files.ConsoleLog, limit, tail);
        Apply(files.QemuLog, limit, tail);
    }

    private static void Apply(string log, long limit, int tail)
    {
        try
        {
            if (new FileInfo(log) is { Exists: true } file && file.Length > limit)
            {
                byte[] kept = LogTail.Bytes(log, tail);
                using var stream = new FileStream(
                    log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                stream.SetLength(0);
                stream.Write(kept);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone with its machine, or a full disk: the next look tries again.
        }
    }
}
