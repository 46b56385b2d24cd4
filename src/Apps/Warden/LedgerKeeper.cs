using Havm.Core.Host.SelfFence;

namespace Havm.Warden;

/// <summary>
/// Writes ledgers one after the other; of those that wait only the newest is written, for it holds the rest.
/// </summary>
public sealed class LedgerKeeper(LedgerFile file, Action<WardenInput> inbox)
{
    private readonly Lock _lock = new();
    private WardenLedger? _waiting;
    private bool _writing;

    /// <summary>Never blocks: a disk may hang, a deadline may not.</summary>
    public void Keep(WardenLedger ledger)
    {
        lock (_lock)
        {
            _waiting = ledger;
            if (_writing)
            {
                return;
            }

            _writing = true;
        }

        Task.Factory.StartNew(WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void WriteAll()
    {
        while (true)
        {
            WardenLedger ledger;
            lock (_lock)
            {
                if (_waiting is not { } next)
                {
                    _writing = false;
                    return;
                }

                ledger = next;
                _waiting = null;
            }

            inbox(Write(ledger));
        }
    }

    private WardenInput Write(WardenLedger ledger)
    {
        try
        {
            file.Write(ledger);
            return new WardenInput.LedgerKept(ledger.Version);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new WardenInput.LedgerNotKept(e.Message);
        }
    }
}
