using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Simulator.Store;

/// <summary>One process's hold of a <see cref="SimulatedDisk"/>. Every answer is there at once.</summary>
public sealed class SimulatedStateStore : IStateStore
{
    private readonly SimulatedDisk _disk;

    internal SimulatedStateStore(SimulatedDisk disk, string process) => (_disk, Process) = (disk, process);

    public string Process { get; }

    public Task<StoreContents> LoadAsync(CancellationToken cancel) => AnswerAsync(() => _disk.Load(this), cancel);

    public Task<Epoch> TakeOfficeAsync(CancellationToken cancel) => AnswerAsync(() => _disk.TakeOffice(this), cancel);

    public Task<CommitOutcome> CommitAsync(
        Epoch epoch, IReadOnlyList<StoreWrite> writes, CancellationToken cancel) =>
        AnswerAsync(() => _disk.Commit(this, epoch, writes), cancel);

    public Task BackupAsync(string target, CancellationToken cancel) => AnswerAsync(
        () =>
        {
            _disk.Copy(this, target);
            return true;
        },
        cancel);

    /// <summary>Also what a kill does: the kernel lets go of a dead process's lock.</summary>
    public ValueTask DisposeAsync()
    {
        _disk.LetGo(this);
        return ValueTask.CompletedTask;
    }

    private static Task<T> AnswerAsync<T>(Func<T> work, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancel);
        }

        try
        {
            return Task.FromResult(work());
        }
        catch (StoreException error)
        {
            return Task.FromException<T>(error);
        }
    }
}
