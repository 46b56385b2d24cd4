using System.Collections.Immutable;
using Havm.Core.Changes;

namespace Havm.Runtime.Control;

/// <summary>
/// Committed events in order, for readers that follow: each asks for what came after the number it knows.
/// </summary>
public sealed class EventFeed(ImmutableArray<EventRecord> loaded)
{
    private const int InMemory = 5_000;

    private readonly Lock _lock = new();
    private ImmutableArray<EventRecord> _events = loaded.Length > InMemory ? loaded[^InMemory..] : loaded;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(ImmutableArray<EventRecord> events)
    {
        if (events.IsEmpty)
        {
            return;
        }

        TaskCompletionSource waiting;
        lock (_lock)
        {
            var all = _events.AddRange(events);
            _events = all.Length > InMemory * 2 ? all[^InMemory..] : all;
            waiting = _news;
            _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiting.SetResult();
    }

    /// <summary>Events after a number, oldest first, and a task that ends when there are more.</summary>
    public (ImmutableArray<EventRecord> Events, Task More) After(long sequence)
    {
        lock (_lock)
        {
            var index = _events.Length;
            while (index > 0 && _events[index - 1].Sequence > sequence)
            {
                index--;
            }

            return (_events[index..], _news.Task);
        }
    }
}
