using System.Collections.Concurrent;
using Havm.Lab.Ground;

namespace Havm.Lab.Observing;

/// <summary>
/// Watches a lab's process table for the one thing that must never be: two QEMUs of one instance that both run their
/// guest. It believes nobody's records, only the kernel.
/// </summary>
/// <remarks>
/// A QEMU counts as *released* once its vCPU threads have used processor time beyond what starting them costs; one
/// that waits at -S has not. Two living, released ones of an instance are a violation; a pair of which one still waits
/// is noted as an overlap only, and so is one of which storage refuses what its node writes. Processes that live
/// shorter than one period between looks can be missed.
/// </remarks>
public sealed class NeverTwoObserver : IAsyncDisposable
{
    /// <summary>Threads that only come up and wait stay below 50 ms of processor time.</summary>
    private const long ReleasedTicks = 5;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly LabPlan _plan;
    private readonly Action<QemuMeeting>? _report;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<(int, long, int, long, bool), QemuMeeting> _meetings = new();
    private readonly ConcurrentDictionary<(string Instance, long? Generation, string Node), DateTime> _seen = new();
    private readonly ConcurrentDictionary<(int Pid, long Started), QemuProcess> _processes = new();
    private readonly Task _watch;
    private long _looks;

    public NeverTwoObserver(LabPlan plan, Action<QemuMeeting>? report = null)
    {
        (_plan, _report) = (plan, report);
        _watch = Task.Run(WatchAsync);
    }

    /// <summary>
    /// Moments in which two QEMUs of one instance both ran their guest. Empty in a cluster that keeps its word.
    /// </summary>
    public IReadOnlyList<QemuMeeting> Violations => [.. _meetings.Values.Where(meeting => meeting.BothReleased)];

    /// <summary>Pairs that lived at once while at most one had been released.</summary>
    public IReadOnlyList<QemuMeeting> Overlaps => [.. _meetings.Values.Where(meeting => !meeting.BothReleased)];

    /// <summary>Which instance was seen in which generation on which node, and when first.</summary>
    public IReadOnlyDictionary<(string Instance, long? Generation, string Node), DateTime> Seen => _seen;

    /// <summary>Every process that was ever seen, as it first was.</summary>
    public IReadOnlyCollection<QemuProcess> Processes => [.. _processes.Values];

    /// <summary>How often it has looked: an observer that never looked proves nothing.</summary>
    public long Looks => Interlocked.Read(ref _looks);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Period);
        do
        {
            Look();
            Interlocked.Increment(ref _looks);
        }
        while (await timer.WaitForNextTickAsync(_stop.Token));
    }

    private void Look()
    {
        foreach (var instance in QemuProcessTable.Read(_plan).GroupBy(process => process.Instance))
        {
            var processes = instance.ToList();
            foreach (var process in processes)
            {
                _processes.TryAdd((process.Pid, process.Started), process);
                _seen.TryAdd((process.Instance, process.Generation, process.Node), DateTime.UtcNow);
            }

            for (var first = 0; first < processes.Count; first++)
            {
                for (var second = first + 1; second < processes.Count; second++)
                {
                    Note(processes[first], processes[second]);
                }
            }
        }
    }

    private void Note(QemuProcess first, QemuProcess second)
    {
        // They were read one after the other: only if both still live did they live at once.
        if (!first.IsAlive() || !second.IsAlive())
        {
            return;
        }

        // What storage refuses cannot touch the disks that the other has.
        var both = first.GuestTicks >= ReleasedTicks && second.GuestTicks >= ReleasedTicks
            && !StorageFence.Refuses(_plan, first.Node) && !StorageFence.Refuses(_plan, second.Node);
        var meeting = new QemuMeeting(DateTime.UtcNow, both, first, second);
        if (_meetings.TryAdd((first.Pid, first.Started, second.Pid, second.Started, both), meeting))
        {
            _report?.Invoke(meeting);
        }
    }
}

/// <summary>Two QEMU processes of one instance that lived at the same moment.</summary>
public sealed record QemuMeeting(DateTime At, bool BothReleased, QemuProcess First, QemuProcess Second);
