using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Havm.Runtime.Processes;

namespace Havm.Contracts.Hypervisor;

/// <summary>
/// One thread inside a network namespace of its own, with everything awaited coming back to it: what a test does on
/// it, and every process it starts, sees that namespace alone. Disposing removes it.
/// </summary>
internal sealed class NamespaceThread : IDisposable
{
    private static int _count;

    private readonly string _name = $"hvn{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";

    public NamespaceThread() => Ip("netns", "add", _name);

    /// <summary>By which another gets an end of a cable here.</summary>
    public string Name => _name;

    /// <summary>Runs an asynchronous test body inside, and throws what it threw.</summary>
    public async Task RunAsync(Func<Task> body)
    {
        var done = new TaskCompletionSource();
        new Thread(() => Pump(body, done)).Start();
        await done.Task;
    }

    /// <summary>Runs ip inside.</summary>
    public void IpInside(params string[] arguments) => Ip(["-n", _name, .. arguments]);

    public void Dispose() => Ip("netns", "delete", _name);

    private static void Ip(params string[] arguments)
    {
        // Off this thread: a body that waits here must not wait for its own turn.
        var command = Task.Run(
            () => ShortCommand.RunAsync("ip", arguments, "", TimeSpan.FromSeconds(20), CancellationToken.None));
        var result = command.GetAwaiter().GetResult();
        Assert.True(result.Succeeded, result.Error);
    }

    private void Pump(Func<Task> body, TaskCompletionSource done)
    {
        try
        {
            using var file = File.OpenHandle($"/run/netns/{_name}");
            Assert.Equal(0, SetNamespace((int)file.DangerousGetHandle(), 0));
            using var context = new OneThread();
            SynchronizationContext.SetSynchronizationContext(context);
            context.Run(body());
            done.SetResult();
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNamespace(int file, int kind);

    private sealed class OneThread : SynchronizationContext, IDisposable
    {
        private readonly BlockingCollection<(SendOrPostCallback Call, object? State)> _queue = [];

        public override void Post(SendOrPostCallback d, object? state) => _queue.Add((d, state));

        public void Run(Task task)
        {
            task.ContinueWith(_ => _queue.CompleteAdding(), TaskScheduler.Default);
            foreach (var (call, state) in _queue.GetConsumingEnumerable())
            {
                call(state);
            }

            task.GetAwaiter().GetResult();
        }

        public void Dispose() => _queue.Dispose();
    }
}
