using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Havm.Lab.Tools;

namespace Havm.Lab.Demo;

/// <summary>
/// Requests to a web guest from the controller's network, each over a new connection and none tried again: what a
/// visitor would notice is counted, not smoothed.
/// </summary>
internal sealed class WebLoad : IAsyncDisposable
{
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly string _space;
    private readonly IPEndPoint _guest;
    private readonly TimeSpan _period;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <param name="space">The network namespace of who asks.</param>
    /// <param name="address">Of the guest, or of a load balancer.</param>
    /// <param name="period">Between two requests; 0.25 s when left out.</param>
    public WebLoad(string space, string address, int port = 80, TimeSpan? period = null)
    {
        (_space, _guest, _period) = (space, new IPEndPoint(IPAddress.Parse(address), port), period ?? Usual);
        _loop = Task.Run(LoopAsync);
    }

    public int Answered { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Why the first failed one failed.</summary>
    public string? FirstFailure { get; private set; }

    /// <summary>Sends no more; on return the counts stand.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    /// <summary>One GET; the whole answer, head and body.</summary>
    public static async Task<string> GetAsync(string space, IPEndPoint guest, string path, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Limit);
        using var socket = await NamespaceSockets.OpenAsync(
            space, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(guest, limit.Token);
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.0\r\nHost: guest\r\n\r\n"), limit.Token);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(limit.Token);
    }

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(_period);
        do
        {
            var clock = Stopwatch.StartNew();
            try
            {
                var answer = await GetAsync(_space, _guest, "/healthz", _stop.Token);
                Count(answer.Contains(" 200 ", StringComparison.Ordinal), answer.Split('\r')[0]);
            }
            catch (Exception broken) when (broken is SocketException or IOException or OperationCanceledException
                && !_stop.IsCancellationRequested)
            {
                Count(false, $"after {clock.Elapsed.TotalSeconds:0.0} s: {broken.Message}");
            }
        }
        while (await timer.WaitForNextTickAsync(_stop.Token));
    }

    private void Count(bool answered, string what)
    {
        if (answered)
        {
            Answered++;
        }
        else
        {
            Failed++;
            FirstFailure ??= what;
        }
    }
}
