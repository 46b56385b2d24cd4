using Havm.Runtime.Ports;
using Havm.Simulator.Store;

namespace Havm.Contracts.Store;

public sealed class SimulatedStateStoreTests : StateStoreContract
{
    private readonly SimulatedDisk _disk = new();

    protected override string BackupName => "copy";

    protected override Task<IStateStore> OpenAsync() => OpenAsync(_disk);

    protected override Task<IStateStore> OpenBackupAsync(string target) => OpenAsync(_disk.Backup(target));

    protected override void FillDisk() => _disk.Full = true;

    protected override void FreeDisk() => _disk.Full = false;

    protected override void Damage() => _disk.Damaged = true;

    protected override void MakeNewer() => _disk.SchemaVersion = SimulatedDisk.Schema + 1;

    private static async Task<IStateStore> OpenAsync(SimulatedDisk disk)
    {
        await Task.Yield();
        return disk.Open($"{Environment.ProcessId}");
    }
}
