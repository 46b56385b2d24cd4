using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Chassis;

/// <summary>
/// A node's independent watchdog, played from outside its cgroup: armed by `arm SECONDS`, kept by `feed`, put to sleep
/// by `disarm`; unfed for its time it resets the node. Whoever armed it may die: that is when it bites.
/// </summary>
/// <remarks>
/// Armed state is kept in a file too, so that a chassis process that was killed and restarted does not forget: it then
/// counts anew from its own start, which can only make the bite later than promised by that restart.
/// </remarks>
public sealed class WatchdogDog : IDisposable
{
    private const int LongestSeconds = 3600;
    private readonly LabPlan _plan;
    private readonly NodePlan _node;
    private readonly PowerOrders _orders;
    private readonly ILogger _log;
    private readonly Socket _socket;
    private Armed? _armed;

    private sealed record Armed(string BootId, double Seconds);

    public WatchdogDog(LabPlan plan, NodePlan node, PowerOrders orders, ILogger log)
    {
        (_plan, _node, _orders, _log) = (plan, node, orders, log);
        var path = plan.Paths.WatchdogSocket(node.Name);
        File.Delete(path);
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _armed = LabFiles.ReadJson<Armed>(plan.Paths.Dog(node.Name));
    }

    /// <summary>Listens until cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancel)
    {
        var buffer = new byte[256];
        var lastFeed = Stopwatch.StartNew();
        while (!cancel.IsCancellationRequested)
        {
            if (await HearAsync(buffer, lastFeed, cancel) is { } word)
            {
                if (Obey(word))
                {
                    lastFeed.Restart();
                }
            }
            else if (_armed is { } hungry)
            {
                Disarm();
                await BiteAsync(hungry);
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The next message, or null once the armed dog has gone unfed for its time.</summary>
    private async Task<string?> HearAsync(byte[] buffer, Stopwatch lastFeed, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (_armed is { } armed)
        {
            // After a stall of our own, feeds may wait in the socket: they are heard before anybody is bitten.
            var left = TimeSpan.FromSeconds(armed.Seconds) - lastFeed.Elapsed;
            if (left <= TimeSpan.Zero && _socket.Available == 0)
            {
                return null;
            }

            limit.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1));
        }

        try
        {
            var count = await _socket.ReceiveAsync(buffer, SocketFlags.None, limit.Token);
            return Encoding.UTF8.GetString(buffer, 0, count).Trim();
        }
        catch (OperationCanceledException)
        {
            return _socket.Available == 0 ? null : "";
        }
    }

    /// <summary>True if the message counts as food.</summary>
    private bool Obey(string word)
    {
        switch (word.Split(' '))
        {
            case ["arm", var text] when double.TryParse(text, CultureInfo.InvariantCulture, out var seconds)
                && seconds is > 0 and <= LongestSeconds:
                _armed = new Armed(_orders.Read(_node).BootId, seconds);
                LabFiles.WriteJson(_plan.Paths.Dog(_node.Name), _armed);
                return true;
            case ["feed"]:
                return true;
            case ["disarm"]:
                Disarm();
                return false;
            case [""]:
                return false;
            default:
                _log.LogWarning("watchdog of {Node}: does not know '{Word}'", _node.Name, word);
                return false;
        }
    }

    private void Disarm()
    {
        _armed = null;
        File.Delete(_plan.Paths.Dog(_node.Name));
    }

    private async Task BiteAsync(Armed hungry)
    {
        try
        {
            if (await _orders.BiteAsync(_node, hungry.BootId))
            {
                _log.LogWarning(
                    "watchdog of {Node}: unfed for {Seconds} s, the node was reset", _node.Name, hungry.Seconds);
            }
        }
        catch (Exception trouble) when (trouble is LabFailure or LabRefusal or IOException)
        {
            _log.LogError(trouble, "watchdog of {Node}: the reset failed", _node.Name);
        }
    }
}
