using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Sensors;

/// <summary>What all that reads sensors promises; run over a kernel's files and by the simulated twin.</summary>
public abstract class SensorsContract
{
    protected abstract ISensors Sensors { get; }

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Has the machine's parts count that much more.</summary>
    protected abstract void Wear(WearKind kind, long more);

    [Fact]
    public async Task A_machine_that_is_well_counts_nothing_and_says_so()
    {
        var readings = await Sensors.ReadAsync(Cancel);

        Assert.All(readings, reading => Assert.Equal(0, reading.Count));
        Assert.Contains(readings, reading => reading.Kind == WearKind.MemoryCorrected);
        Assert.Contains(readings, reading => reading.Kind == WearKind.MemoryUncorrected);
        Assert.Contains(readings, reading => reading.Kind == WearKind.DiskFailing);
    }

    [Theory]
    [InlineData(WearKind.MemoryCorrected, 500)]
    [InlineData(WearKind.MemoryUncorrected, 1)]
    [InlineData(WearKind.DiskFailing, 1)]
    public async Task What_a_part_counts_shows_at_the_next_look_and_nothing_else_does(WearKind kind, long more)
    {
        Wear(kind, more);

        var readings = await Sensors.ReadAsync(Cancel);

        Assert.Equal(more, readings.Single(reading => reading.Kind == kind).Count);
        Assert.All(readings.Where(reading => reading.Kind != kind), reading => Assert.Equal(0, reading.Count));
    }

    [Fact]
    public async Task Readings_come_by_kind_and_part_each_once_and_looking_changes_nothing()
    {
        var readings = await Sensors.ReadAsync(Cancel);

        Assert.Equal(readings.OrderBy(r => r.Kind).ThenBy(r => r.Of, StringComparer.Ordinal), readings);
        Assert.Equal(readings.Length, readings.DistinctBy(r => (r.Kind, r.Of)).Count());
        Assert.Equal(readings, await Sensors.ReadAsync(Cancel));
    }
}
