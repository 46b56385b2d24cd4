using System.Collections.Immutable;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Sensors;

/// <summary>All sources that this machine has.</summary>
/// <param name="root">Stands before /sys and /dev; empty but in labs and tests.</param>
public sealed class HostSensors(string root) : ISensors, IDisposable
{
    /// <summary>Disks are asked so often: each answer takes the disk some milliseconds, and changes slowly.</summary>
    private const int AskDisksEvery = 30;

    private readonly SensorTree _tree = new(root);
    private readonly KernelLog _log = new(new SensorTree(root));
    private readonly DiskHealth _disks = new(new SensorTree(root));
    private IReadOnlyList<SensorReading> _disksSaid = [];
    private int _reads;

    public async Task<ImmutableArray<SensorReading>> ReadAsync(CancellationToken cancel)
    {
        if (!_tree.IsReal || _reads % AskDisksEvery == 0)
        {
            _disksSaid = await _disks.ReadAsync(cancel);
        }

        _reads++;
        return
        [
            .. KernelSensors.Memory(_tree).Concat(_log.Read()).Concat(_disksSaid).Concat(KernelSensors.Disks(_tree))
                .Concat(KernelSensors.Links(_tree)).Concat(KernelSensors.Surroundings(_tree))
                .OrderBy(reading => reading.Kind).ThenBy(reading => reading.Of, StringComparer.Ordinal),
        ];
    }

    public void Dispose() => _log.Dispose();
}
