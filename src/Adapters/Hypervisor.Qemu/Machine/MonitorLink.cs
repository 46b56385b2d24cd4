using Havm.Hypervisor.Qemu.Qmp;

namespace Havm.Hypervisor.Qemu.Machine;

/// <summary>
/// Keeps a monitor connection for as long as the process lives. A connection that ends before the process does is
/// opened again, and the state found then is told, because events in between are lost.
/// </summary>
internal sealed class MonitorLink : IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    private readonly Func<CancellationToken, Task<QmpSession>> _open;
    private readonly Action<string> _onFoundAgain;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile QmpSession _session;

    public MonitorLink(
        QmpSession first, Func<CancellationToken, Task<QmpSession>> open, Action<string> onFoundAgain)
    {
        _session = first;
        _open = open;
        _onFoundAgain = onFoundAgain;
        _running = Task.Run(RunAsync);
    }

    /// <summary>The newest connection; a verb on one that is gone says so.</summary>
    public QmpSession Session => _session;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _session.DisposeAsync();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _session.Closed.WaitAsync(_stop.Token);
                await ReopenAsync();
                await Task.Delay(RetryPause, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Let go of, or the process has ended.
        }
    }

    private async Task ReopenAsync()
    {
        try
        {
            var session = await _open(_stop.Token);
            _session = session;
            _onFoundAgain(await session.QueryStatusAsync(_stop.Token));
        }
        catch (QmpException)
        {
            // Not yet: the caller comes back.
        }
    }
}
