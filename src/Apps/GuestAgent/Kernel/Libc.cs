using System.Runtime.InteropServices;

namespace Havm.GuestAgent.Kernel;

/// <summary>
/// The C library's calls that one thread waiting in poll needs. The framework's own sockets and processes would
/// bring a thread pool and signal handlers, which is most of an agent's memory. Numbers are Linux's on x86-64 and
/// arm64.
/// </summary>
internal static unsafe partial class Libc
{
    public const int ReadOnly = 0, WriteOnly = 1, ReadWrite = 2;
    public const int NonBlock = 0x800, CloseOnExec = 0x80000;
    public const short PollIn = 1, PollOut = 4, PollError = 8, PollHangUp = 16;
    public const int Again = 11, Interrupted = 4, InProgress = 115;
    public const int NoSignal = 0x4000;
    public const int UnixFamily = 1, InetFamily = 2, Stream = 1;
    public const int Terminate = 15, Kill = 9;
    public const int BootTime = 7;

    private const int SocketLevel = 1, ReuseAddress = 2, SocketError = 4, NoHang = 1, SetFlags = 4;
    private const long PidfdOpenCall = 434;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Seen;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(int descriptor, byte* bytes, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint WriteAt(int descriptor, byte* bytes, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "sync")]
    public static partial void FlushAll();

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, ulong count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int descriptor, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(int descriptor, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int descriptor, byte* address, uint* length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, byte* bytes, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int EnterNamespace(int descriptor, int kind);

    /// <summary>A card's number by its name; 0: there is none.</summary>
    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint IndexOf(string card);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint start, int flags);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int MakePipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int verb, int value);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitProcess(int process, int* status, int options);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long second);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int SocketOption(int descriptor, int level, int option, int* value, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(int descriptor, int level, int option, int* value, uint length);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockTime(int clock, long* secondsAndNanoseconds);

    /// <summary>Time since the kernel started; runs on while the guest is suspended.</summary>
    public static TimeSpan Uptime()
    {
        long* time = stackalloc long[2];
        _ = ClockTime(BootTime, time);
        return TimeSpan.FromTicks((time[0] * TimeSpan.TicksPerSecond) + (time[1] / 100));
    }

    /// <summary>A descriptor that becomes readable when the process ends; -1 on error.</summary>
    public static int OpenProcess(int process) => (int)SystemCall(PidfdOpenCall, process, 0);

    /// <summary>
    /// A pipe that no program inherits unasked. Only the end that is read does not wait: a program that writes to the
    /// other would lose what does not fit at once. Both are -1 on error.
    /// </summary>
    public static (int Read, int Written) OpenPipe()
    {
        int* ends = stackalloc int[2];
        if (MakePipe(ends, CloseOnExec) < 0)
        {
            return (-1, -1);
        }

        _ = Control(ends[0], SetFlags, NonBlock);
        return (ends[0], ends[1]);
    }

    /// <summary>The exit code of an ended child (128 + signal for a killed one); null while it runs.</summary>
    public static int? Reap(int process)
    {
        int status;
        int answer = WaitProcess(process, &status, NoHang);
        if (answer == 0)
        {
            return null;
        }

        int signal = status & 0x7f;
        return answer < 0 ? 127 : signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    /// <summary>The error a connection in progress ended with; 0 for none.</summary>
    public static int ConnectError(int descriptor)
    {
        int error = 0;
        uint length = sizeof(int);
        return SocketOption(descriptor, SocketLevel, SocketError, &error, &length) < 0 ? -1 : error;
    }

    /// <summary>A listener may have its address again at once after the one before it ended.</summary>
    public static void AllowReuse(int descriptor)
    {
        int on = 1;
        _ = SetSocketOption(descriptor, SocketLevel, ReuseAddress, &on, sizeof(int));
    }
}
