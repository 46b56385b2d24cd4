using System.Diagnostics;
using System.Net.Sockets;
using Havm.Guest.Host;
using Havm.Model;
using Havm.Wire.Guest;

namespace Havm.Hypervisor.Qemu.Guest;

/// <summary>
/// The host's end of a guest's port for Havm's own agent. Connects, tells the guest who it is, and hands on what it
/// says; connects again when the connection ends, without the guest having to notice. A line that cannot be read is
/// dropped: the guest is not ours to trust.
/// </summary>
internal sealed class GuestPort : IGuestLink
{
    /// <summary>An agent that has not spoken for so many beats is not asked to shut the guest down.</summary>
    private const int BeatsHeard = 3;

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ConfigureGap = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly TimeSpan _beatPeriod;
    private readonly TimeSpan _patience;
    private readonly Action<GuestMessage> _onMessage;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Task _running;
    private volatile NetworkStream? _stream;
    private volatile Told? _told;
    private long _heardAt;
    private long _configuredAt;

    /// <param name="seat">What the guest is told it is; null leaves it as it was told before.</param>
    /// <param name="patience">Longest wait until the port takes a message.</param>
    /// <param name="onMessage">Called in order from the reading task; it must return at once and not throw.</param>
    public GuestPort(
        string path, SeatGoal? seat, TimeSpan beatPeriod, TimeSpan patience, Action<GuestMessage> onMessage)
    {
        _patience = patience;
        _path = path;
        _beatPeriod = beatPeriod;
        _told = seat is null ? null : new Told(GuestConfiguration.For(seat, beatPeriod), Stopwatch.GetTimestamp());
        _onMessage = onMessage;
        _running = Task.Run(RunAsync);
    }

    /// <summary>
    /// From now on the guest is told that it is this seat; at once, by connecting anew: what it says to that is heard.
    /// </summary>
    public void Introduce(SeatGoal seat)
    {
        _told = new Told(GuestConfiguration.For(seat, _beatPeriod), Stopwatch.GetTimestamp());
        _stream?.Close();
    }

    public async Task<bool> AskShutdownAsync(TimeSpan grace, CancellationToken cancel)
    {
        if (!HeardWithin(_beatPeriod * BeatsHeard))
        {
            return false;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel, _stop.Token);
        deadline.CancelAfter(_patience);
        try
        {
            if (_stream is not { } stream)
            {
                return false;
            }

            await WriteAsync(stream, new ShutdownMessage(grace), deadline.Token);
            return true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (IsConnectionEnd(e))
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private bool HeardWithin(TimeSpan window)
    {
        long at = Volatile.Read(ref _heardAt);
        return at != 0 && Stopwatch.GetElapsedTime(at) <= window;
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ServeAsync();
                await Task.Delay(RetryPause, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), _stop.Token);
            await using var stream = new NetworkStream(socket);
            _stream = stream;
            await ConfigureAsync(stream);
            var reader = new GuestLineReader(stream);
            while (await reader.ReadAsync(_stop.Token) is { } line)
            {
                if (line is GuestLine.Message { Value: var message })
                {
                    await TakeAsync(stream, message);
                }
            }
        }
        catch (Exception e) when (IsConnectionEnd(e))
        {
            // QEMU ended or closed the port, or we are told to stop: the caller looks which.
        }
        finally
        {
            _stream = null;
        }
    }

    private async Task TakeAsync(NetworkStream stream, GuestMessage message)
    {
        Volatile.Write(ref _heardAt, Stopwatch.GetTimestamp());

        // A guest that booted again, or was configured for a seat before ours, says so in its hello.
        bool isStranger = message is HelloMessage hello && _told?.Message is { } ours
            && (hello.Instance != ours.Instance || hello.Generation != ours.Generation);
        if (isStranger && Stopwatch.GetElapsedTime(_configuredAt) > ConfigureGap)
        {
            await ConfigureAsync(stream);
        }

        try
        {
            _onMessage(message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A guest may say anything: a word that cannot be taken ends neither this port nor the agent.
        }
    }

    private async Task ConfigureAsync(NetworkStream stream)
    {
        if (_told is { } told)
        {
            _configuredAt = Stopwatch.GetTimestamp();
            await WriteAsync(stream, told.Now, _stop.Token);
        }
    }

    private async Task WriteAsync(NetworkStream stream, GuestMessage message, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            // The leading newline ends what a torn connection or a write given up may have left behind.
            await stream.WriteAsync((byte[])[(byte)'\n', .. GuestLine.Encode(message)], cancel);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>What the guest is told, and since when: a guest that hears it later has less time left.</summary>
    private sealed record Told(ConfigureMessage Message, long Since)
    {
        public ConfigureMessage Now => Message.Notice is not { } notice ? Message : Message with
        {
            Notice = notice with
            {
                NotBefore = notice.NotBefore - Stopwatch.GetElapsedTime(Since) is var left && left > TimeSpan.Zero
                    ? left : TimeSpan.Zero,
            },
        };
    }

    private static bool IsConnectionEnd(Exception e) =>
        e is IOException or SocketException or ObjectDisposedException or OperationCanceledException;
}
