using System.Diagnostics;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Hypervisor;

/// <summary>Keeps every sign with its time, and lets a test wait for one.</summary>
internal sealed class SignRecorder : IMachineSink
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly List<(MachineSignKind Kind, string Detail, long At)> _signs = [];
    private TaskCompletionSource _news = NewSource();

    public IReadOnlyList<MachineSignKind> Kinds
    {
        get
        {
            lock (_lock)
            {
                return [.. _signs.Select(sign => sign.Kind)];
            }
        }
    }

    public void Happened(InstanceName instance, Generation generation, MachineSign sign)
    {
        TaskCompletionSource news;
        lock (_lock)
        {
            _signs.Add((sign.Kind, sign.Detail, Stopwatch.GetTimestamp()));
            (news, _news) = (_news, NewSource());
        }

        news.TrySetResult();
    }

    /// <summary>Waits for the first sign of a kind; returns its detail and Stopwatch time.</summary>
    public async Task<(string Detail, long At)> WaitAsync(MachineSignKind kind, int count = 1)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            Task news;
            lock (_lock)
            {
                var found = _signs.Where(sign => sign.Kind == kind).Skip(count - 1).ToArray();
                if (found.Length > 0)
                {
                    return (found[0].Detail, found[0].At);
                }

                news = _news.Task;
            }

            var left = Patience - Stopwatch.GetElapsedTime(began);
            Assert.True(left > TimeSpan.Zero, $"no {kind} within {Patience}; heard {string.Join(", ", Kinds)}");
            await Task.WhenAny(news, Task.Delay(left, TestContext.Current.CancellationToken));
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
