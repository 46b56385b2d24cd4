using System.Runtime.InteropServices;

namespace Havm.Hypervisor.Qemu.Processes;

/// <summary>
/// The few kernel calls that .NET does not wrap. Errors are in <see cref="Marshal.GetLastPInvokeError"/>.
/// </summary>
internal static partial class Kernel
{
    public const int Interrupted = 4;
    public const int NoSuchProcess = 3;

    /// <summary>The same number on every architecture.</summary>
    private const long PidfdOpenCall = 434;
    private const int EpollAdd = 1;
    private const int EpollRemove = 2;
    private const uint EpollIn = 1;
    private const int CloseOnExec = 0x80000;

    /// <summary>x86-64 keeps the layout of 32-bit systems: the data follows the mask without a gap.</summary>
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    /// <summary>A handle on a process that stays its own when the pid is used again; -1 when there is none.</summary>
    public static int OpenPid(int pid) => (int)SystemCall(PidfdOpenCall, pid, 0);

    public static int NewPoll() => EpollCreate(CloseOnExec);

    /// <summary>From now on <see cref="WaitPoll"/> answers <paramref name="file"/> while it is readable.</summary>
    public static int AddToPoll(int poll, int file)
    {
        Span<byte> wanted = stackalloc byte[16];
        MemoryMarshal.Write(wanted, EpollIn);
        MemoryMarshal.Write(wanted[DataOffset..], (long)file);
        return EpollControl(poll, EpollAdd, file, ref MemoryMarshal.GetReference(wanted));
    }

    public static int RemoveFromPoll(int poll, int file)
    {
        Span<byte> ignored = stackalloc byte[16];
        return EpollControl(poll, EpollRemove, file, ref MemoryMarshal.GetReference(ignored));
    }

    /// <summary>Blocks until a file is readable and returns it; -1 on an error.</summary>
    public static int WaitPoll(int poll)
    {
        Span<byte> found = stackalloc byte[16];
        int count = EpollWait(poll, ref MemoryMarshal.GetReference(found), 1, -1);
        return count == 1 ? (int)MemoryMarshal.Read<long>(found[DataOffset..]) : -1;
    }

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long second);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int poll, int verb, int file, ref byte wanted);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(int poll, ref byte found, int capacity, int timeout);
}
