using System.Diagnostics;
using Havm.Core.Rotation;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.LoadBalancer.HAProxy;

/// <summary>
/// One HAProxy. What its members are it knows itself: they are read from it, compared with the plan and changed, so
/// that whoever tends it next needs no memory.
/// </summary>
internal sealed class HAProxyBalancer(HAProxySettings settings, string directory)
{
    private const int MostSlots = 4096;

    private readonly HAProxyProcess _process = new(settings, directory);
    private int _unanswered;
    private int _failures;
    private long _startedAt;

    public async Task<BalancerAnswer> TendAsync(BalancerPlan plan, CancellationToken cancel)
    {
        try
        {
            return await StartIfDueAsync(plan, cancel) ?? await SteerAsync(plan, cancel);
        }
        catch (TimeoutException e)
        {
            _unanswered++;
            if (_unanswered < settings.Unanswered)
            {
                return BalancerAnswer.Silent(e.Message);
            }

            _process.Kill();
            return BalancerAnswer.Silent($"{e.Message}, {_unanswered} times in a row: it is ended and starts anew");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return BalancerAnswer.Silent($"its files cannot be used: {e.Message}");
        }
    }

    public Task EndAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        _process.Kill();
        _process.Forget();
        return Task.CompletedTask;
    }

    /// <summary>Starts it where it does not run, or runs in another shape. Null: it may be asked.</summary>
    private async Task<BalancerAnswer?> StartIfDueAsync(BalancerPlan plan, CancellationToken cancel)
    {
        var written = _process.Written;
        var slots = Math.Max(settings.Slots, Configuration.SlotsIn(written));
        while (slots < plan.Members.Length && slots < MostSlots)
        {
            slots *= 2;
        }

        var runs = _process.Pid() is not null;
        if (runs && Configuration.ShapeIn(written) == Configuration.ShapeOf(plan, slots))
        {
            return null;
        }

        if (_failures > 0 && Stopwatch.GetElapsedTime(_startedAt) < BackOff)
        {
            return runs ? null : BalancerAnswer.Silent("it does not run; its next start is waited for");
        }

        _startedAt = Stopwatch.GetTimestamp();
        var text = Configuration.Write(plan, slots, _process.Socket, HasUser);
        if (await _process.StartAsync(text, cancel) is { } trouble)
        {
            _failures++;
            return runs ? null : BalancerAnswer.Silent(trouble);
        }

        // A process that dies soon after its start is not started again without a pause.
        _failures = 1;
        return null;
    }

    private TimeSpan BackOff => TimeSpan.FromSeconds(Math.Min(
        settings.LongestBackOff.TotalSeconds, Math.Pow(2, Math.Min(_failures, 10) - 1)));

    private static bool HasUser { get; } =
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith("haproxy:", StringComparison.Ordinal));

    private async Task<BalancerAnswer> SteerAsync(BalancerPlan plan, CancellationToken cancel)
    {
        var socket = new RuntimeSocket(_process.Socket, settings.Patience);
        if (await ReadAsync(socket, cancel) is not { } before)
        {
            return BalancerAnswer.Silent($"nothing listens at {_process.Socket}");
        }

        var steps = SlotPlan.Steps(plan, before);
        foreach (var step in steps)
        {
            await socket.AskAsync(step, cancel);
        }

        var slots = steps.Count == 0 ? before : await ReadAsync(socket, cancel);
        if (slots is null)
        {
            return BalancerAnswer.Silent($"it stopped listening at {_process.Socket}");
        }

        _unanswered = 0;
        _failures = Stopwatch.GetElapsedTime(_startedAt) > settings.LongestBackOff ? 0 : _failures;
        return BalancerAnswer.Of(new BalancerWord(_process.Life(), [.. SlotPlan.Words(plan, slots)]));
    }

    private static async Task<List<Slot>?> ReadAsync(RuntimeSocket socket, CancellationToken cancel) =>
        await socket.AskAsync($"show stat {Configuration.Backend} 4 -1", cancel) is { } statistics
        && await socket.AskAsync($"show servers state {Configuration.Backend}", cancel) is { } state
            ? [.. Slot.Read(state, statistics)]
            : null;
}
