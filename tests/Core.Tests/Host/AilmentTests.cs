using Havm.Core.Host.Watch;
using Havm.Core.Liveness;
using Havm.Model;

namespace Havm.Core.Tests.Host;

/// <summary>
/// SPEC 4: what lies between well and dead is seen within seconds, told once, and over when it is over.
/// </summary>
public sealed class AilmentTests
{
    private static readonly DatastoreLook Well = new("store", null, TimeSpan.Zero, "", TimeSpan.Zero);

    private readonly AilmentWatch _watch = new();
    private Instant _now = Instant.FromSeconds(100);

    public static TheoryData<DatastoreLook, NodeAilmentKind> Troubles => new()
    {
        { Well with { HangsFor = TimeSpan.FromSeconds(2) }, NodeAilmentKind.DatastoreHangs },
        { Well with { Took = null, Trouble = "input/output error" }, NodeAilmentKind.DatastoreFails },
        { Well with { OwnBeatUnchangedFor = TimeSpan.FromSeconds(5) }, NodeAilmentKind.DatastoreTakesNoWrites },
        { Well with { Took = TimeSpan.FromMilliseconds(500) }, NodeAilmentKind.DatastoreSlow },
    };

    [Theory]
    [MemberData(nameof(Troubles))]
    public void A_datastore_that_is_not_well_is_told_at_the_look_that_shows_it(DatastoreLook look, NodeAilmentKind kind)
    {
        Assert.True(Look(look));
        Assert.Equal((kind, "store"), (Assert.Single(_watch.Told).Kind, Assert.Single(_watch.Told).Of));
        Assert.False(Look(look));
    }

    [Fact]
    public void What_is_short_of_its_limit_is_no_ailment()
    {
        Assert.False(Look(Well with { HangsFor = TimeSpan.FromSeconds(0.4) }));
        Assert.False(Look(Well with { Took = TimeSpan.FromMilliseconds(400) }));
        Assert.False(Look(Well with { OwnBeatUnchangedFor = TimeSpan.FromSeconds(4.9) }));
        Assert.False(Look(Well with { OwnBeatUnchangedFor = null }));
        Assert.Empty(_watch.Told);
    }

    [Fact]
    public void What_comes_and_goes_is_one_ailment_and_is_over_after_ten_seconds_without_it()
    {
        var fails = Well with { Took = null, Trouble = "input/output error" };
        Assert.True(Look(fails));
        for (var i = 0; i < 5; i++)
        {
            Assert.False(Look(Well));
            Assert.False(Look(fails));
        }

        var changed = 0;
        for (var second = 0; second < 12; second++)
        {
            changed += Look(Well) ? 1 : 0;
        }

        Assert.Equal(1, changed);
        Assert.Empty(_watch.Told);
    }

    [Fact]
    public void An_agent_that_comes_late_once_had_a_hiccup_and_twice_it_starves()
    {
        Assert.False(Look(Well, late: 3));
        Assert.True(Look(Well, late: 1.2));
        Assert.Equal(NodeAilmentKind.Starved, Assert.Single(_watch.Told).Kind);
    }

    [Fact]
    public void A_state_that_would_not_be_kept_is_told_before_it_has_to_be()
    {
        _watch.Look(_now, new NodeLook([Well], "its file system is full", TimeSpan.Zero));
        Assert.True(_watch.Turn(_now));
        Assert.Equal(NodeAilmentKind.StateTakesNoWrites, Assert.Single(_watch.Told).Kind);
    }

    [Fact]
    public void A_monitor_is_stuck_after_two_seconds()
    {
        _watch.LookAtMonitor(_now, new InstanceName("web"), _now - TimeSpan.FromSeconds(1.9));
        Assert.False(_watch.Turn(_now));
        _watch.LookAtMonitor(_now, new InstanceName("web"), _now - TimeSpan.FromSeconds(2));
        Assert.True(_watch.Turn(_now));
        Assert.Equal("web", Assert.Single(_watch.Told).Of);
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void A_fifth_of_twenty_datagrams_missing_is_a_lossy_link(int missing, bool lossy)
    {
        var link = new LinkWatch();
        for (var number = 1; number <= 40; number++)
        {
            if (number % 4 != 0 || number <= 20 || number > 20 + (4 * missing))
            {
                link.Datagram(new ProcessLife("w"), number);
            }
        }

        Assert.Equal(lossy, link.Told.Any(a => a.Kind == NodeAilmentKind.LossyLink));
    }

    [Fact]
    public void Datagrams_that_come_late_or_of_another_life_are_not_lost()
    {
        var link = new LinkWatch();
        for (var number = 1; number <= 60; number += 2)
        {
            link.Datagram(new ProcessLife("w"), number + 1);
            link.Datagram(new ProcessLife("w"), number);
        }

        link.Datagram(new ProcessLife("x"), 1000);
        link.Datagram(new ProcessLife("x"), 1001);
        Assert.Empty(link.Told);
    }

    [Fact]
    public void A_clock_is_judged_by_the_quickest_of_five_beats()
    {
        var link = new LinkWatch();
        foreach (var offset in (double[])[-9, -7, 0.1, -8, -6])
        {
            link.Clock(TimeSpan.FromSeconds(offset));
        }

        Assert.Empty(link.Told);
        foreach (var offset in (double[])[-9, -7, -5, -8, -6])
        {
            link.Clock(TimeSpan.FromSeconds(offset));
        }

        Assert.Equal(NodeAilmentKind.ClockOff, Assert.Single(link.Told).Kind);
    }

    [Fact]
    public void What_a_boot_before_had_is_told_anew_of_the_next_when_it_has_it_too()
    {
        var link = new LinkWatch();
        for (var beat = 0; beat < 5; beat++)
        {
            link.Of(new BootId("one")).Clock(TimeSpan.FromSeconds(9));
        }

        Assert.NotEmpty(link.Told);
        Assert.Empty(link.Of(new BootId("two")).Told);
        var told = Enumerable.Range(0, 5).Count(_ => link.Of(new BootId("two")).Clock(TimeSpan.FromSeconds(9)));

        Assert.Equal(1, told);
        Assert.Equal(NodeAilmentKind.ClockOff, Assert.Single(link.Told).Kind);
    }

    private bool Look(DatastoreLook look, double late = 0)
    {
        _now += TimeSpan.FromSeconds(1);
        _watch.Look(_now, new NodeLook([look], "", TimeSpan.FromSeconds(late)));
        return _watch.Turn(_now);
    }
}
