using System.Net.Sockets;
using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// Stands between a node's agent and the monitor of one QEMU, so that the monitor can be made to answer nobody while
/// QEMU and its guest live on: words of either side are kept, and passed on once it answers again.
/// </summary>
public sealed class StuckMonitor : IAsyncDisposable
{
    private const string Monitor = "qmp.sock";

    /// <summary>Where QEMU itself listens meanwhile.</summary>
    private const string Aside = "q.sock";

    private readonly string _path;
    private readonly string _aside;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private volatile TaskCompletionSource _answers = Answering();

    private StuckMonitor(string directory)
    {
        _path = Path.Join(directory, Monitor);
        _aside = Path.Join(directory, Aside);
        File.Move(_path, _aside);
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>Takes its place; the node's agent is begun anew for it, and speaks through it from then on.</summary>
    /// <exception cref="TimeoutException">It did not within a minute.</exception>
    public static async Task<StuckMonitor> PlaceAsync(LabPlan plan, NodePlan node, string instance)
    {
        var monitor = new StuckMonitor(Path.Join(plan.Paths.Instances(node.Name), instance));
        try
        {
            ProcessTrees.Of(plan, node.Name).Signal(LoopScript.Agent, Machine.Kill);
            await monitor._taken.Task.WaitAsync(TimeSpan.FromMinutes(1));
            return monitor;
        }
        catch
        {
            await monitor.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on the monitor answers nobody.</summary>
    public void Stick() => _answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was kept is passed on, and all that comes.</summary>
    public void Free() => _answers.TrySetResult();

    /// <summary>QEMU is reached directly again.</summary>
    public async ValueTask DisposeAsync()
    {
        Free();
        await _over.CancelAsync();
        await _accepting;

        // A listener takes the file of its name away with it, whoever's that is by then.
        _listener.Dispose();
        File.Move(_aside, _path);
        _over.Dispose();
    }

    private static TaskCompletionSource Answering()
    {
        var answers = new TaskCompletionSource();
        answers.SetResult();
        return answers;
    }

    private async Task AcceptAsync()
    {
        var lines = new List<Task>();
        try
        {
            while (true)
            {
                lines.Add(PassOnAsync(await _listener.AcceptAsync(_over.Token)));
                _taken.TrySetResult();
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(lines);
        }
    }

    private async Task PassOnAsync(Socket agent)
    {
        using var qemu = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (agent)
        {
            try
            {
                await qemu.ConnectAsync(new UnixDomainSocketEndPoint(_aside), _over.Token);
                await Task.WhenAny(CopyAsync(agent, qemu), CopyAsync(qemu, agent));
            }
            catch (Exception ended) when (ended is SocketException or OperationCanceledException)
            {
                // QEMU has ended, or the fault has: the agent finds its line closed.
            }
        }
    }

    /// <summary>Until either end closes.</summary>
    private async Task CopyAsync(Socket from, Socket to)
    {
        var bytes = new byte[4096];
        try
        {
            while (await from.ReceiveAsync(bytes, _over.Token) is > 0 and var count)
            {
                await _answers.Task.WaitAsync(_over.Token);
                await to.SendAsync(bytes.AsMemory(0, count), _over.Token);
            }
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException
            or ObjectDisposedException)
        {
            // As above.
        }
    }
}
