namespace Havm.Datastore;

/// <summary>
/// One thread that may wait for storage as long as it hangs, so that none that everybody needs does. Work is done in
/// order; the thread ends when there has been none for a while, and begins anew with the next.
/// </summary>
internal sealed class PatientThread(string name)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Queue<Action> _work = [];
    private bool _runs;

    /// <summary>Completes with what the work returns or throws.</summary>
    public Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_work)
        {
            _work.Enqueue(() => Do(work, done));
            Monitor.Pulse(_work);
            if (!_runs)
            {
                _runs = true;
                new Thread(Loop) { IsBackground = true, Name = name }.Start();
            }
        }

        return done.Task;
    }

    private void Loop()
    {
        while (Next() is { } work)
        {
            work();
        }
    }

    /// <summary>Null: there was none for as long as an idle thread is kept.</summary>
    private Action? Next()
    {
        lock (_work)
        {
            if (_work.Count == 0)
            {
                Monitor.Wait(_work, Patience);
            }

            _runs = _work.Count > 0;
            return _runs ? _work.Dequeue() : null;
        }
    }

    private static void Do<T>(Func<T> work, TaskCompletionSource<T> done)
    {
        try
        {
            done.SetResult(work());
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }
}
