using Havm.Core.Records;
using Havm.Model;

namespace Havm.Simulator.World.Storage;

/// <summary>
/// The shared state that replicas commit to: linearizable, and durable whatever becomes of them. A commit counts only
/// in the term that wrote it.
/// </summary>
/// <param name="founding">What it holds at the beginning.</param>
/// <param name="epoch">The term before the first of this world; null: 1.</param>
public sealed class SimulatedStore(Ledger founding, Epoch? epoch = null)
{
    public Ledger Ledger { get; private set; } = founding;

    public Epoch Epoch { get; private set; } = epoch ?? new(1);

    /// <summary>Commits so far.</summary>
    public long Commits { get; private set; }

    /// <summary>A new term; the one before can commit nothing any more.</summary>
    public Epoch TakeOffice() => Epoch = Epoch.Next;

    /// <summary>False when the term is over: nothing was written.</summary>
    public bool Commit(Epoch epoch, Ledger ledger)
    {
        if (epoch != Epoch)
        {
            return false;
        }

        Ledger = ledger;
        Commits++;
        return true;
    }
}
