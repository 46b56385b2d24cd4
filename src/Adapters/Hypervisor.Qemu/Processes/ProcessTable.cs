using System.Globalization;
using System.Text;

namespace Havm.Hypervisor.Qemu.Processes;

/// <summary>The kernel's process table.</summary>
internal static class ProcessTable
{
    /// <summary>Every pid there is at this moment.</summary>
    public static IEnumerable<int> Pids()
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, null, out int pid))
            {
                yield return pid;
            }
        }
    }

    /// <summary>
    /// Program and arguments of a process; empty for one that has ended or is a thread of the kernel. Throws
    /// IOException when it lives and cannot be read.
    /// </summary>
    public static string[] CommandOf(int pid)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{pid}/cmdline", Encoding.UTF8);
            return text.TrimEnd('\0') is { Length: > 0 } command ? command.Split('\0') : [];
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"process {pid} cannot be read: {e.Message}", e);
        }
        catch (IOException) when (!Directory.Exists($"/proc/{pid}"))
        {
            return [];
        }
    }
}
