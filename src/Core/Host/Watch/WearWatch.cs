using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Host.Watch;

/// <summary>
/// Turns the counts of sensors into what is told of them: what has grown within the last hour, as far as this life of
/// the agent has seen, and what is bad in itself. Nothing of a machine that is well.
/// </summary>
public sealed class WearWatch
{
    /// <summary>Over which time "lately" is counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>Growth is kept in steps of this length, so that an hour of it is bounded.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private readonly SortedDictionary<(WearKind Kind, string Of), Counter> _counters = [];

    /// <summary>What is told; the same array as long as that is the same.</summary>
    public ImmutableArray<WearReading> Told { get; private set; } = [];

    /// <summary>Takes one look. A part that is not in it any more is forgotten.</summary>
    /// <returns>Whether <see cref="Told"/> is another list now.</returns>
    public bool Look(Instant now, ImmutableArray<SensorReading> readings)
    {
        foreach (var reading in readings)
        {
            var key = (reading.Kind, reading.Of);
            if (!_counters.TryGetValue(key, out var counter))
            {
                _counters[key] = counter = new Counter(reading.Count);
            }

            counter.Take(now, reading.Count);
        }

        foreach (var gone in _counters.Keys.Except(readings.Select(r => (r.Kind, r.Of))).ToList())
        {
            _counters.Remove(gone);
        }

        ImmutableArray<WearReading> told =
        [
            .. _counters.Select(c => new WearReading(
                    c.Key.Kind, c.Key.Of, c.Value.Count, IsState(c.Key.Kind) ? c.Value.Count : c.Value.Lately))
                .Where(reading => reading.Lately > 0 || (reading.Count > 0 && StaysBad(reading.Kind))),
        ];
        if (told.AsSpan().SequenceEqual(Told.AsSpan()))
        {
            return false;
        }

        Told = told;
        return true;
    }

    private static bool IsState(WearKind kind) => kind is WearKind.DiskFailing
        or WearKind.Overheated or WearKind.FanFailed or WearKind.PowerFailed;

    /// <summary>Its count says something also when it does not grow.</summary>
    private static bool StaysBad(WearKind kind) =>
        IsState(kind) || kind is WearKind.MemoryUncorrected or WearKind.DiskSectors;

    /// <summary>One count, and by how much it grew in each step of the last hour.</summary>
    private sealed class Counter(long first)
    {
        private readonly Queue<(Instant At, long Grown)> _steps = [];
        private (Instant At, long Grown) _open;

        public long Count { get; private set; } = first;

        public long Lately { get; private set; }

        public void Take(Instant now, long count)
        {
            if (count < Count)
            {
                // It was set back: what it counted before is of another part.
                _steps.Clear();
                (_open, Lately, Count) = ((now, 0), 0, 0);
            }

            var grown = count - Count;
            Count = count;
            if (grown > 0 && now - _open.At >= Step)
            {
                _steps.Enqueue(_open);
                _open = (now, 0);
            }

            _open.Grown += grown;
            Lately += grown;
            while (_steps.TryPeek(out var oldest) && now - oldest.At >= Window)
            {
                Lately -= _steps.Dequeue().Grown;
            }

            if (now - _open.At >= Window)
            {
                Lately -= _open.Grown;
                _open = (now, 0);
            }
        }
    }
}
