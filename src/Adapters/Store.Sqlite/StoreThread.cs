using System.Collections.Concurrent;
using Havm.Runtime.Ports;

namespace Havm.Store.Sqlite;

/// <summary>
/// The one thread that speaks to the database, in the order of the asking. Its fsyncs never occupy the thread pool, so
/// a slow disk delays commits and nothing else.
/// </summary>
internal sealed class StoreThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public StoreThread()
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = "store" };
        _thread.Start();
    }

    /// <summary>Runs <paramref name="work"/> in its turn; a cancelled token counts only until it has begun.</summary>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancel)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _work.Add(() => Answer(work, answer, cancel), CancellationToken.None);
        }
        catch (InvalidOperationException error)
        {
            answer.SetException(new StoreException(StoreTrouble.Unusable, "the store is closed", error));
        }

        return answer.Task;
    }

    /// <summary>Finishes what was asked, then ends the thread.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
    }

    private void Loop()
    {
        foreach (Action one in _work.GetConsumingEnumerable())
        {
            one();
        }
    }

    private static void Answer<T>(Func<T> work, TaskCompletionSource<T> answer, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
        {
            answer.SetCanceled(cancel);
            return;
        }

        try
        {
            answer.SetResult(work());
        }
        catch (Exception error)
        {
            answer.SetException(error);
        }
    }
}
