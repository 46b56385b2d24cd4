using System.Collections.Immutable;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Simulator.World.Hosts;

/// <summary>The parts of a machine: how they wear, and what a diagnosis finds of them.</summary>
public sealed class SimulatedParts : ISensors
{
    /// <summary>Every machine's module of memory and its disk count from its first boot on.</summary>
    private static readonly ImmutableArray<SensorReading> New =
    [
        new(WearKind.MemoryCorrected, "mc0", 0), new(WearKind.MemoryUncorrected, "mc0", 0),
        new(WearKind.DiskFailing, "sda", 0),
    ];

    private long _version;

    /// <summary>What its sensors count.</summary>
    public ImmutableArray<SensorReading> Readings { get; private set; } = New;

    /// <summary>Something that no sensor counts, and no part is to blame for, is found bad.</summary>
    public bool FailsDiagnosis { get; set; }

    /// <summary>Some of its memory errors were corrected, or were not, or its disk says that it fails.</summary>
    public void Wear(WearKind kind, long count)
    {
        Readings =
        [
            .. Readings.Select(reading => reading.Kind == kind
                ? reading with { Count = reading.Count + count } : reading),
        ];
        _version++;
    }

    public Task<ImmutableArray<SensorReading>> ReadAsync(CancellationToken cancel) => Task.FromResult(Readings);

    /// <summary>Somebody has put new ones in their place.</summary>
    public void Replace()
    {
        Readings = New;
        _version++;
    }

    /// <summary>Whether they are others than when that was asked last; a life of the agent asks from 0.</summary>
    public bool Changed(ref long seen)
    {
        var changed = seen != _version + 1;
        seen = _version + 1;
        return changed;
    }

    /// <summary>What a diagnosis finds.</summary>
    public ImmutableArray<DiagnosisFinding> Look(bool disksLost) =>
    [
        Of("memory", Readings[1].Count == 0, "memory errors could not be corrected") with { Hardware = true },
        Of("disks", Readings[2].Count == 0, "a disk says of itself that it fails") with { Hardware = true },
        Of("datastore", !disksLost, "it cannot be read"),
        Of("accelerator", !FailsDiagnosis, "no guest runs"),
    ];

    private static DiagnosisFinding Of(string check, bool well, string trouble) => new(
        check, "", well ? DiagnosisResult.Pass : DiagnosisResult.Fail, well ? "it is well" : trouble, "");
}
