using System.Runtime.InteropServices;

namespace Havm.Lab.Tools;

/// <summary>The few calls into the kernel that .NET does not offer.</summary>
public static partial class Machine
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static bool IsRoot { get; } = UserId() == 0;

    /// <summary>Sends a signal; false if the process no longer exists or is not ours.</summary>
    public static bool Signal(int pid, int signal) => SendSignal(pid, signal) == 0;

    /// <summary>Gives a file a second name; false where that cannot be (another file system, no right).</summary>
    public static bool TryLink(string file, string name) => Link(file, name) == 0;

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Link(string file, string name);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint UserId();
}
