using Havm.Model;

namespace Havm.Simulator.World;

/// <summary>
/// The one clock of a virtual world and what is due on it. Time jumps from event to event: nothing happens in between,
/// so nothing is spent on it. Events of one moment happen in the order in which they were asked for, and every draw
/// comes from one seeded source: the same seed lives the same life.
/// </summary>
public sealed class VirtualTime(int seed)
{
    private readonly PriorityQueue<Action, Due> _queue = new();
    private readonly Random _random = new(seed);
    private long _sequence;

    /// <summary>The world's own time, from its beginning; machines have clocks of their own.</summary>
    public Instant Now { get; private set; } = Instant.Origin;

    /// <summary>Events that have happened so far.</summary>
    public long Happened { get; private set; }

    /// <summary>Has something happen at a moment, or at once when that is past.</summary>
    public void At(Instant due, Action act) =>
        _queue.Enqueue(act, new Due(Math.Max(due.SinceOrigin.Ticks, Now.SinceOrigin.Ticks), ++_sequence));

    /// <summary>Has something happen after a while; with none, after all that is due at this moment already.</summary>
    public void After(TimeSpan wait, Action act) => At(Now + wait, act);

    /// <summary>A time between two, both included, in whole milliseconds.</summary>
    public TimeSpan Draw(TimeSpan least, TimeSpan most) => TimeSpan.FromMilliseconds(
        _random.Next((int)least.TotalMilliseconds, (int)most.TotalMilliseconds + 1));

    /// <summary>A draw between 0 and 1, 1 excluded.</summary>
    public double Draw() => _random.NextDouble();

    /// <summary>Lives until a moment, and stands there.</summary>
    public void RunUntil(Instant end)
    {
        while (_queue.TryPeek(out _, out var due) && due.Ticks <= end.SinceOrigin.Ticks)
        {
            var act = _queue.Dequeue();
            Now = new Instant(TimeSpan.FromTicks(due.Ticks));
            Happened++;
            act();
        }

        Now = Instant.Max(Now, end);
    }

    private readonly record struct Due(long Ticks, long Sequence) : IComparable<Due>
    {
        public int CompareTo(Due other)
        {
            var byTime = Ticks.CompareTo(other.Ticks);
            return byTime != 0 ? byTime : Sequence.CompareTo(other.Sequence);
        }
    }
}
