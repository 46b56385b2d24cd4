using System.Runtime.InteropServices;
using System.Text;

namespace Havm.GuestAgent.Kernel;

/// <summary>Starts programs in a session of their own, so that one signal reaches all that they started.</summary>
internal static unsafe partial class Spawn
{
    // Larger than glibc's posix_spawnattr_t (336), posix_spawn_file_actions_t (80) and sigset_t (128).
    private const int Opaque = 512;
    private const short SetSignalDefaults = 0x04, SetSignalMask = 0x08, SetSession = 0x80;

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SpawnFound(
        int* process, string program, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int InitAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DropAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(void* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaults(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int FillSignals(void* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int EmptySignals(void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitActions(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DropActions(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(void* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(void* actions, int descriptor, int target);

    /// <summary>
    /// Starts a program with an empty input. Returns its process id, or the error's number as a negative value when it
    /// could not be started.
    /// </summary>
    /// <param name="output">Where its output and errors go; -1: where the agent's go.</param>
    public static int Start(
        IReadOnlyList<string> command, IEnumerable<KeyValuePair<string, string>> environment, int output = -1)
    {
        byte* actions = stackalloc byte[Opaque];
        byte* attributes = stackalloc byte[Opaque];
        byte* signals = stackalloc byte[Opaque];
        byte** arguments = Strings(command);
        byte** variables = Strings([.. environment.Select(pair => $"{pair.Key}={pair.Value}")]);
        _ = InitActions(actions);
        _ = AddOpen(actions, 0, "/dev/null", Libc.ReadOnly, 0);
        if (output >= 0)
        {
            _ = AddDuplicate(actions, output, 1);
            _ = AddDuplicate(actions, output, 2);
        }

        _ = InitAttributes(attributes);

        // The framework ignores some signals; a program started by it must not inherit that.
        _ = SetFlags(attributes, SetSignalDefaults | SetSignalMask | SetSession);
        _ = FillSignals(signals);
        _ = SetDefaults(attributes, signals);
        _ = EmptySignals(signals);
        _ = SetMask(attributes, signals);
        int process;
        int error = SpawnFound(&process, command[0], actions, attributes, arguments, variables);
        _ = DropActions(actions);
        _ = DropAttributes(attributes);
        NativeMemory.Free(arguments);
        NativeMemory.Free(variables);
        return error == 0 ? process : -error;
    }

    /// <summary>A null-terminated array of C strings in one block of memory.</summary>
    private static byte** Strings(IReadOnlyList<string> texts)
    {
        int table = (texts.Count + 1) * sizeof(byte*);
        int size = table + texts.Sum(text => Encoding.UTF8.GetByteCount(text) + 1);
        byte** strings = (byte**)NativeMemory.AllocZeroed((nuint)size);
        byte* next = (byte*)strings + table;
        for (int i = 0; i < texts.Count; i++)
        {
            strings[i] = next;
            next += Encoding.UTF8.GetBytes(texts[i], new Span<byte>(next, (int)((byte*)strings + size - next))) + 1;
        }

        return strings;
    }
}
