using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Havm.Hypervisor.Qemu.Processes;

/// <summary>
/// Tells the end of any process at once, also of one that is nobody's child here: an adopted machine was started by
/// an earlier life of the agent. One thread waits on a kernel handle per process; nothing is polled.
/// </summary>
internal sealed class ProcessEnds : IDisposable
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _waiting = new();
    private readonly int _poll;

    public ProcessEnds()
    {
        _poll = Kernel.NewPoll();
        if (_poll < 0)
        {
            throw new IOException($"epoll_create1 failed with error {Marshal.GetLastPInvokeError()}");
        }

        // A thread of its own: it waits in the kernel for as long as the agent lives.
        new Thread(WaitForEver, 64 * 1024) { IsBackground = true, Name = "process-ends" }.Start();
    }

    /// <summary>
    /// Completes when the process has ended, threads and all, with its files closed and its locks free. Completed
    /// already when there is no such process. The handle is taken before this returns: a later process of the same
    /// pid is not mistaken for it.
    /// </summary>
    public Task Watch(int pid)
    {
        int handle = Kernel.OpenPid(pid);
        if (handle < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == Kernel.NoSuchProcess
                ? Task.CompletedTask
                : Task.FromException(new IOException($"pidfd_open({pid}) failed with error {error}"));
        }

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[handle] = ended;
        if (Kernel.AddToPoll(_poll, handle) != 0)
        {
            ended.TrySetException(new IOException($"epoll_ctl failed with error {Marshal.GetLastPInvokeError()}"));
        }

        return ended.Task;
    }

    /// <summary>Closes every handle; what was not told by now is never told. The waiting thread stays parked.</summary>
    public void Dispose()
    {
        foreach (int handle in _waiting.Keys)
        {
            if (_waiting.TryRemove(handle, out _))
            {
                Kernel.Close(handle);
            }
        }
    }

    private void WaitForEver()
    {
        while (true)
        {
            int handle = Kernel.WaitPoll(_poll);
            if (handle < 0)
            {
                if (Marshal.GetLastPInvokeError() == Kernel.Interrupted)
                {
                    continue;
                }

                return;
            }

            _ = Kernel.RemoveFromPoll(_poll, handle);
            if (_waiting.TryRemove(handle, out var ended))
            {
                Kernel.Close(handle);
                ended.TrySetResult();
            }
        }
    }
}
