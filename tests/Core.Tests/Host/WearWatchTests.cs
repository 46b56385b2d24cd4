using System.Collections.Immutable;
using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Tests.Host;

/// <summary>What a host tells of its sensors.</summary>
public sealed class WearWatchTests
{
    private readonly WearWatch _watch = new();

    [Fact]
    public void Of_a_machine_that_is_well_nothing_is_told_and_old_errors_are_no_news()
    {
        Assert.False(Look(0, Of(WearKind.MemoryCorrected, 70), Of(WearKind.DiskFailing, 0)));
        Assert.Empty(_watch.Told);
    }

    [Fact]
    public void What_grows_is_told_for_an_hour()
    {
        Look(0, Of(WearKind.MemoryCorrected, 70));
        Assert.True(Look(600, Of(WearKind.MemoryCorrected, 75)));
        Look(1200, Of(WearKind.MemoryCorrected, 77));
        Assert.Equal((77, 7), (_watch.Told.Single().Count, _watch.Told.Single().Lately));

        Look(600 + 3601, Of(WearKind.MemoryCorrected, 77));
        Assert.Equal(2, _watch.Told.Single().Lately);
        Look(1200 + 3601, Of(WearKind.MemoryCorrected, 77));
        Assert.Empty(_watch.Told);
    }

    [Fact]
    public void What_is_bad_in_itself_is_told_from_the_first_look_until_it_is_over()
    {
        Assert.True(Look(0, Of(WearKind.MemoryUncorrected, 1), Of(WearKind.FanFailed, 1)));
        Assert.Equal(2, _watch.Told.Length);
        Assert.True(Look(10, Of(WearKind.MemoryUncorrected, 1), Of(WearKind.FanFailed, 0)));
        Assert.Equal(WearKind.MemoryUncorrected, _watch.Told.Single().Kind);
    }

    [Fact]
    public void A_count_that_was_set_back_is_of_another_part()
    {
        Look(0, Of(WearKind.DiskErrors, 0));
        Look(10, Of(WearKind.DiskErrors, 40));
        Assert.True(Look(20, Of(WearKind.DiskErrors, 3)));
        Assert.Equal(3, _watch.Told.Single().Lately);
        Assert.True(Look(30));
        Assert.Empty(_watch.Told);
    }

    private bool Look(double seconds, params ImmutableArray<SensorReading> readings) =>
        _watch.Look(new Instant(TimeSpan.FromSeconds(seconds)), readings);

    private static SensorReading Of(WearKind kind, long count) => new(kind, "one", count);
}
