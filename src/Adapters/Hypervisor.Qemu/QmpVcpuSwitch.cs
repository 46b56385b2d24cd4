using Havm.Hypervisor.Qemu.Qmp;
using Havm.Runtime.Ports;

namespace Havm.Hypervisor.Qemu;

/// <summary>
/// The vCPU switch over a monitor socket of its own. Each verb connects, acts, asks what became of it and leaves:
/// no connection to keep alive, and none that a stuck QEMU could hold on to.
/// </summary>
/// <param name="timeout">Longest time one verb may take in all; 0.1 s to 1 min.</param>
public sealed class QmpVcpuSwitch(TimeSpan timeout) : IVcpuSwitch
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    public Task<bool> ReleaseAsync(string socket, CancellationToken cancel) => ActAsync(socket, ReleaseAsync, cancel);

    public Task<bool> HoldAsync(string socket, CancellationToken cancel) => ActAsync(socket, HoldAsync, cancel);

    public Task<bool> ResetAsync(string socket, CancellationToken cancel) => ActAsync(socket, ResetAsync, cancel);

    public Task<bool> AskShutdownAsync(string socket, CancellationToken cancel) =>
        ActAsync(socket, AskShutdownAsync, cancel);

    private static async Task<bool> ReleaseAsync(QmpSession session, Task reset, CancellationToken cancel)
    {
        string status = await session.QueryStatusAsync(cancel);
        if (status is RunStates.Panicked or RunStates.Shutdown)
        {
            // QEMU itself would let a panicked guest run on, which then hangs and looks released.
            return false;
        }

        if (status != RunStates.Running)
        {
            await session.ContAsync(cancel);
        }

        return await session.QueryStatusAsync(cancel) == RunStates.Running;
    }

    private static async Task<bool> HoldAsync(QmpSession session, Task reset, CancellationToken cancel)
    {
        await session.StopAsync(cancel);
        return await session.QueryStatusAsync(cancel) != RunStates.Running;
    }

    private static async Task<bool> ResetAsync(QmpSession session, Task reset, CancellationToken cancel)
    {
        await session.ResetOnRebootAsync(cancel);
        await session.SystemResetAsync(cancel);
        await reset.WaitAsync(cancel);
        return await ReleaseAsync(session, reset, cancel);
    }

    private static async Task<bool> AskShutdownAsync(QmpSession session, Task reset, CancellationToken cancel)
    {
        await session.PowerDownAsync(cancel);
        return true;
    }

    private async Task<bool> ActAsync(
        string socket, Func<QmpSession, Task, CancellationToken, Task<bool>> verb, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(timeout);
        var reset = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await using var session = await OpenAsync(socket, reset, deadline.Token);
            return await verb(session, reset.Task, deadline.Token);
        }
        catch (QmpException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Tries again while there is time: a client that has just left may still be seen by QEMU.</summary>
    private async Task<QmpSession> OpenAsync(string socket, TaskCompletionSource reset, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await QmpSession.OpenAsync(socket, timeout, timeout, happened => Heed(happened, reset), cancel);
            }
            catch (QmpException e) when (e.Trouble == QmpTrouble.Closed && File.Exists(socket))
            {
                await Task.Delay(Pause, cancel);
            }
        }
    }

    private static void Heed(QmpEvent happened, TaskCompletionSource reset)
    {
        if (happened.Name == "RESET")
        {
            reset.TrySetResult();
        }
    }
}
