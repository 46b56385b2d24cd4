using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Havm.Lab.Tools;

/// <summary>
/// Makes sockets that live in one of the lab's network namespaces, for use by this process outside of it.
/// </summary>
/// <remarks>
/// A socket belongs to the namespace its thread was in; a thread of its own enters, makes it, and ends.
/// </remarks>
public static partial class NamespaceSockets
{
    private const int NetworkNamespace = 0x40000000;

    public static Task<Socket> OpenAsync(string name, Func<Socket> make)
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{name}");
                if (Enter((int)handle.DangerousGetHandle(), NetworkNamespace) != 0)
                {
                    throw new LabFailure($"setns({name}): {Marshal.GetLastPInvokeErrorMessage()}");
                }

                made.SetResult(make());
            }
            catch (Exception trouble)
            {
                made.SetException(trouble);
            }
        }).Start();
        return made.Task;
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int Enter(int descriptor, int kind);
}
