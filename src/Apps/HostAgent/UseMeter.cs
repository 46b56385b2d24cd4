using System.Collections.Concurrent;
using System.Diagnostics;
using Havm.Core.Host.Goals;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.HostAgent;

/// <summary>
/// Makes rates of counters: what a machine uses is what it used since it was measured last, so that the first look at
/// one says nothing yet.
/// </summary>
public sealed class UseMeter
{
    private readonly ConcurrentDictionary<InstanceName, Reading> _last = new();

    /// <summary>Those that can be told.</summary>
    public async Task<HostInput.UsesRead> ReadAsync(IEnumerable<IMachine> machines, CancellationToken cancel)
    {
        var uses = new List<MeasuredUse>();
        foreach (var machine in machines)
        {
            long now = Stopwatch.GetTimestamp();
            if (await machine.CountUseAsync(cancel) is not { } counters)
            {
                _last.TryRemove(machine.Instance, out _);
                continue;
            }

            if (_last.TryGetValue(machine.Instance, out var last) && last.Pid == machine.Pid)
            {
                uses.Add(new MeasuredUse(machine.Instance, machine.Generation, new MachineUse(
                    MilliCpus(counters.CpuTime - last.CpuTime, Stopwatch.GetElapsedTime(last.At, now)),
                    counters.Memory)));
            }

            _last[machine.Instance] = new Reading(machine.Pid, now, counters.CpuTime);
        }

        return new HostInput.UsesRead([.. uses]);
    }

    private static long MilliCpus(TimeSpan used, TimeSpan elapsed) =>
        elapsed > TimeSpan.Zero ? (long)Math.Max(0, 1000 * (used / elapsed)) : 0;

    private sealed record Reading(int Pid, long At, TimeSpan CpuTime);
}
