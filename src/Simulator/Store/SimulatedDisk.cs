using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Simulator.Store;

/// <summary>What outlives a simulated controller: committed records, and the faults a scenario sets.</summary>
public sealed class SimulatedDisk
{
    /// <summary>The newest schema this build knows.</summary>
    public const int Schema = 1;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<(string Table, string Key), string> _records = [];
    private readonly Dictionary<string, SimulatedDisk> _backups = [];
    private SimulatedStateStore? _holder;

    /// <summary>Commits find no room.</summary>
    public bool Full { get; set; }

    /// <summary>Opening finds damage.</summary>
    public bool Damaged { get; set; }

    public int SchemaVersion { get; set; } = Schema;

    public Epoch Epoch { get; private set; }

    /// <summary>Opens the store for one process; throws <see cref="StoreException"/> like a real one.</summary>
    public SimulatedStateStore Open(string process)
    {
        lock (_gate)
        {
            if (_holder is { } holder)
            {
                throw new StoreException(
                    StoreTrouble.HeldByAnother, $"the state is in use by process {holder.Process}; stop it");
            }

            if (Damaged)
            {
                throw new StoreException(StoreTrouble.Corrupt, "the state is damaged; put a copy in its place");
            }

            if (SchemaVersion > Schema)
            {
                throw new StoreException(
                    StoreTrouble.NewerSchema, $"the state has schema {SchemaVersion}; run the newer version");
            }

            return _holder = new SimulatedStateStore(this, process);
        }
    }

    /// <summary>The copy that was made under this name.</summary>
    public SimulatedDisk Backup(string target)
    {
        lock (_gate)
        {
            return _backups[target];
        }
    }

    internal void LetGo(SimulatedStateStore store)
    {
        lock (_gate)
        {
            if (_holder == store)
            {
                _holder = null;
            }
        }
    }

    internal StoreContents Load(SimulatedStateStore by)
    {
        lock (_gate)
        {
            Check(by);
            return new StoreContents(
                Epoch, SchemaVersion, [.. _records.Select(r => new StoreRecord(r.Key.Table, r.Key.Key, r.Value))]);
        }
    }

    internal Epoch TakeOffice(SimulatedStateStore by)
    {
        lock (_gate)
        {
            Check(by);
            CheckRoom();
            return Epoch = Epoch.Next;
        }
    }

    internal CommitOutcome Commit(SimulatedStateStore by, Epoch epoch, IReadOnlyList<StoreWrite> writes)
    {
        lock (_gate)
        {
            Check(by);
            if (epoch != Epoch)
            {
                return CommitOutcome.Deposed;
            }

            CheckRoom();
            foreach (StoreWrite write in writes)
            {
                if (write.Json is null)
                {
                    _records.Remove((write.Table, write.Key));
                }
                else
                {
                    _records[(write.Table, write.Key)] = write.Json;
                }
            }

            return CommitOutcome.Committed;
        }
    }

    internal void Copy(SimulatedStateStore by, string target)
    {
        lock (_gate)
        {
            Check(by);
            var copy = new SimulatedDisk { SchemaVersion = SchemaVersion, Epoch = Epoch };
            foreach (KeyValuePair<(string Table, string Key), string> record in _records)
            {
                copy._records.Add(record.Key, record.Value);
            }

            copy._records[(BackupMark.Table, BackupMark.Key)] = "\"2026-01-01T00:00:00Z\"";
            if (!_backups.TryAdd(target, copy))
            {
                throw new StoreException(StoreTrouble.Unusable, $"backup {target} exists already; choose another name");
            }
        }
    }

    private void Check(SimulatedStateStore by)
    {
        if (_holder != by)
        {
            throw new StoreException(StoreTrouble.Unusable, "the store is closed");
        }
    }

    private void CheckRoom()
    {
        if (Full)
        {
            throw new StoreException(StoreTrouble.Full, "no room for state; free some space");
        }
    }
}
