namespace Havm.Hypervisor.Qemu.Evidence;

/// <summary>
/// Keeps a talkative guest from filling the node's disk. QEMU appends, so that a log can be cut under it.
/// </summary>
internal static class ConsoleLimit
{
    /// <summary>Cuts the log to its tail once it is longer than <paramref name="limit"/> bytes.</summary>
    public static void Apply(string log, long limit, int tail)
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
