using System.Net.Sockets;
using Havm.Model;

namespace Havm.Hypervisor.Qemu.Guest;

/// <summary>
/// The host's end of a guest's port for the QEMU guest agent: asks at each beat whether it lives. An answer is a sign
/// of life, the first one says that the guest is ready; no answer is no sign, and what that means is judged elsewhere.
/// </summary>
internal sealed class QemuAgentPort : IGuestLink
{
    /// <summary>
    /// Until it is ready a guest is asked so often, or as often as it beats, whichever is more often.
    /// </summary>
    private static readonly TimeSpan ReadyPeriod = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly TimeSpan _beatPeriod;
    private readonly TimeSpan _patience;
    private readonly Action<MachineSign> _onSign;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _asking = new(1);
    private readonly Task _running;
    private QemuAgentSession? _session;
    private bool _isReady;

    /// <param name="patience">Longest wait for one answer.</param>
    /// <param name="onSign">Called in order, one at a time; it must return at once and not throw.</param>
    public QemuAgentPort(string path, TimeSpan beatPeriod, TimeSpan patience, Action<MachineSign> onSign)
    {
        _path = path;
        _beatPeriod = beatPeriod;
        _patience = patience;
        _onSign = onSign;
        _running = Task.Run(RunAsync);
    }

    public void Introduce(SeatGoal seat)
    {
        // This agent does not ask who it is.
    }

    public async Task<bool> AskShutdownAsync(TimeSpan grace, CancellationToken cancel)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, _stop.Token);
        string? refusal = null;
        bool isAsked = await AskAsync(
            async (session, limit) => refusal = await session.PowerDownAsync(_patience, limit), both.Token);
        cancel.ThrowIfCancellationRequested();
        return isAsked && refusal is null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _session?.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Shorter(_beatPeriod, ReadyPeriod));
        try
        {
            do
            {
                bool isAlive = false;
                if (await AskAsync(async (session, limit) => isAlive = await session.PingAsync(limit), _stop.Token)
                    && isAlive)
                {
                    timer.Period = _beatPeriod;
                    TellAlive();
                }
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // Let go of, or the process has ended.
        }
    }

    private void TellAlive()
    {
        _onSign(new MachineSign(MachineSignKind.GuestBeat));
        if (!_isReady)
        {
            _isReady = true;
            _onSign(new MachineSign(MachineSignKind.GuestReady, "its QEMU guest agent answers"));
        }
    }

    /// <summary>Asks one question, on a connection that is made if need be; false when it was not answered.</summary>
    private async Task<bool> AskAsync(
        Func<QemuAgentSession, CancellationToken, Task> question, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_patience * 2);
        try
        {
            await _asking.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        try
        {
            _session ??= await QemuAgentSession.ConnectAsync(_path, limit.Token);
            await question(_session, limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            // The connection stays: what comes late is dropped by the next question's sync.
            return false;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            _session?.Dispose();
            _session = null;
            return false;
        }
        finally
        {
            _asking.Release();
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
