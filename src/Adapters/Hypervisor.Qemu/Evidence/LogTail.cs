namespace Havm.Hypervisor.Qemu.Evidence;

/// <summary>The ends of files that others write.</summary>
internal static class LogTail
{
    /// <summary>The last non-empty line; empty when there is none or the file cannot be read.</summary>
    public static string LastLine(string file) =>
        Text(file, 4096).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .LastOrDefault("");

    /// <summary>The last <paramref name="bytes"/> bytes as text.</summary>
    public static string Text(string file, int bytes) => System.Text.Encoding.UTF8.GetString(Bytes(file, bytes));

    /// <summary>At most <paramref name="count"/> bytes from the end; none when the file cannot be read.</summary>
    public static byte[] Bytes(string file, int count)
    {
        try
        {
            using var stream = new FileStream(
                file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.Seek(-Math.Min(count, stream.Length), SeekOrigin.End);
            var bytes = new byte[Math.Min(count, stream.Length)];
            return bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)).ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
