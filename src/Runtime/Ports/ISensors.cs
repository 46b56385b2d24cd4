using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Runtime.Ports;

/// <summary>What a machine counts of its own wear.</summary>
public interface ISensors
{
    /// <summary>
    /// Every count there is now, 0 included. A source that is not there, or cannot be read, has no readings; none is an
    /// error. Counts of one part never fall while the machine is up. Readings come by kind and then by part, each part
    /// once. Reading changes nothing, and may take some seconds where disks are asked.
    /// </summary>
    Task<ImmutableArray<SensorReading>> ReadAsync(CancellationToken cancel);
}
