using System.Collections.Immutable;
using Havm.Core.Accounting;
using Havm.Model;

namespace Havm.Core.Tests.Accounting;

/// <summary>The formulas behind a report, against values worked out elsewhere.</summary>
public sealed class FigureTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Half the 5 % and 95 % points of chi-squared with 2n and 2n + 2 degrees, from printed tables.</summary>
    [Theory]
    [InlineData(0, 0, 2.9957)]
    [InlineData(1, 0.0513, 4.7439)]
    [InlineData(2, 0.3554, 6.2958)]
    [InlineData(3, 0.8177, 7.7537)]
    [InlineData(4, 1.3663, 9.1535)]
    [InlineData(5, 1.9701, 10.5130)]
    [InlineData(10, 5.4254, 16.9622)]
    [InlineData(20, 13.2547, 29.0620)]
    [InlineData(50, 38.9650, 63.2871)]
    public void The_interval_of_a_count_is_the_published_one(int count, double low, double high)
    {
        var interval = Poisson.Interval90(count);

        Assert.Equal(low, interval.Low, 0.0006);
        Assert.Equal(high, interval.High, 0.0006);
    }

    [Fact]
    public void The_interval_of_a_large_count_is_near_the_normal_one()
    {
        var (low, high) = Poisson.Interval90(10_000);

        Assert.InRange(low, 9830, 9845);
        Assert.InRange(high, 10_160, 10_175);
    }

    [Fact]
    public void Time_is_cut_at_midnight_and_a_day_without_trouble_needs_no_account()
    {
        var account = Account().Turn(Standing.Failed, Noon.AddHours(11), [], Layer.Node, "inc-000001")
            .Turn(Standing.Up, Noon.AddHours(14), []);

        var day = Days.Of(Noon);
        Assert.Equal([day, day + 1], account.Days.Keys);
        Assert.Equal((3600.0, 7200.0), (account.Days[day].Failed, account.Days[day + 1].Failed));
        Assert.Equal((1, 10_800.0), (account.Days[day].Interruptions, account.Days[day].Longest));
        Assert.Equal(0, account.Days[day + 1].Interruptions);
    }

    [Fact]
    public void Figures_over_1_7_30_and_365_days_add_up_only_the_days_of_that_time()
    {
        var account = Account() with { Since = Noon.AddDays(-390), At = Noon.AddDays(-390) };
        foreach (var ago in (int[])[380, 200, 20, 5, 0])
        {
            account = account.Turn(Standing.Failed, Noon.AddDays(-ago), [], Layer.Node)
                .Turn(Standing.Up, Noon.AddDays(-ago).AddSeconds(100), []);
        }

        var now = Noon.AddHours(1);
        Assert.Equal([1, 2, 3, 4, 5], ((int[])[1, 7, 30, 365, 389]).Select(days =>
            Figures.Of(account, Days.Begin(Days.Of(now) - days), now, []).Account.Interruptions));
        var month = Figures.Of(account, Days.Begin(Days.Of(now) - 30), now, []);
        Assert.Equal((30 * 86_400) + (13 * 3600), month.Seconds, 0.001);
        Assert.Equal(1 - (300 / month.Seconds), month.Availability!.Value, 1e-9);
        Assert.Equal(3 / (month.Exposure / Figures.Year), month.AnnualInterruptionRate!.Value.Rate, 1e-9);
    }

    [Fact]
    public void What_is_older_than_400_days_is_dropped_and_a_stretch_as_long_is_cut_to_them()
    {
        var account = Account().Turn(Standing.Off, Noon.AddHours(1), []).Turn(Standing.Up, Noon.AddDays(1000), []);

        Assert.InRange(account.Days.Count, Days.Kept, Days.Kept + 1);
        Assert.True(account.Days.Keys.First() >= Days.Of(Noon.AddDays(1000)) - Days.Kept);
    }

    [Fact]
    public void A_failure_after_another_without_being_up_between_is_the_same_interruption()
    {
        var account = Account().Turn(Standing.Unready, Noon.AddSeconds(10), [])
            .Turn(Standing.Failed, Noon.AddSeconds(20), [], Layer.Guest)
            .Turn(Standing.Unready, Noon.AddSeconds(30), []).Turn(Standing.Up, Noon.AddSeconds(50), []);

        var day = Assert.Single(account.Days).Value;
        Assert.Equal((1, 40.0), (day.Interruptions, day.Longest));
        Assert.Equal((10.0, 30.0), (day.Failed, day.Unready));
    }

    [Fact]
    public void Time_without_a_controller_is_unseen_once_whatever_it_stood_for()
    {
        ImmutableArray<Stretch> gaps = [new(Noon.AddSeconds(40), Noon.AddSeconds(60))];
        var account = Account().Turn(Standing.Unready, Noon.AddSeconds(50), gaps)
            .Turn(Standing.Up, Noon.AddSeconds(70), gaps);

        var figures = Figures.Of(account, Days.Begin(Days.Of(Noon)), Noon.AddSeconds(100), gaps);
        Assert.Equal((20.0, 10.0, 70.0), (figures.Unobserved, figures.Account.Unready, figures.Up));
    }

    [Fact]
    public void Gaps_are_bounded_and_a_leader_of_the_same_term_leaves_none()
    {
        var watch = new Watch { Since = Noon, LookedAt = Noon, Epoch = new Epoch(1) };
        Assert.Empty(watch.Looked(Noon.AddMinutes(1), new Epoch(1), Noon).Gaps);
        for (var term = 2; term < 1000; term++)
        {
            watch = watch.Looked(Noon.AddMinutes(term), new Epoch(term), Noon);
        }

        Assert.Equal(Noon.AddSeconds(59980), watch.Looked(
            Noon.AddSeconds(60_000), new Epoch(1000), Noon.AddSeconds(59_980)).Gaps[^1].From);
        Assert.Equal(Watch.GapsKept, watch.Gaps.Length);
        Assert.Equal(Noon, watch.Gaps[0].From);
    }

    private static InstanceAccount Account() => new()
    {
        Name = new InstanceName("a"), Owner = new SpecKey("VirtualMachine", "a"), Since = Noon,
        Standing = Standing.Up, At = Noon,
    };
}
