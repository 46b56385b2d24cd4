using FsCheck;
using FsCheck.Fluent;
using Havm.Core.Leases;
using Havm.Model;

namespace Havm.Core.Tests.Leases;

/// <summary>SAFETY: time. The inequality holds for every set of terms that can be made.</summary>
public sealed class LeaseTermsTests
{
    private static readonly IsolationPolicy[] LeaseBound =
        [IsolationPolicy.Pause, IsolationPolicy.Stop, IsolationPolicy.PowerOff];

    [Theory]
    [InlineData(IsolationPolicy.PowerOff, 12, 18, 19)]
    [InlineData(IsolationPolicy.Stop, 40, 46, 48)]
    [InlineData(IsolationPolicy.Pause, 60, 66, 68)]
    public void The_defaults_are_the_ones_of_the_safety_page(IsolationPolicy policy, int kill, int end, int proof)
    {
        Assert.Equal(TimeSpan.FromSeconds(kill), LeaseTerms.Default.K(policy));
        Assert.Equal(TimeSpan.FromSeconds(end), LeaseTerms.Default.L(policy));
        Assert.Equal(TimeSpan.FromSeconds(proof), LeaseTerms.Default.T(policy));
    }

    [Fact]
    public void The_end_of_a_lease_never_proves_anything_about_an_instance_that_is_left_running()
    {
        Assert.Null(LeaseTerms.Default.K(IsolationPolicy.LeaveRunning));
        Assert.Null(LeaseTerms.Default.L(IsolationPolicy.LeaveRunning));
        Assert.False(TimeSpan.MaxValue >= LeaseTerms.Default.T(IsolationPolicy.LeaveRunning));
    }

    [Fact]
    public void The_default_settings_are_legal()
    {
        Assert.True(LeaseTerms.TryMake(new LeaseSettings(), out var terms, out var errors));
        Assert.Empty(errors);
        Assert.Equal(LeaseTerms.Default.P, terms.P);
    }

    [Fact]
    public void Terms_that_a_change_of_leader_would_break_are_refused_with_the_smallest_legal_value()
    {
        var settings = new LeaseSettings { Begin = TimeSpan.FromSeconds(9) };

        Assert.False(LeaseTerms.TryMake(settings, out _, out var errors));

        Assert.Contains("begin is 9 s", Assert.Single(errors));
        Assert.Contains("at least 9.1 s", errors[0]);
        Assert.True(LeaseTerms.TryMake(settings with { Begin = TimeSpan.FromSeconds(9.1) }, out _, out _));
    }

    [Fact]
    public void A_kill_that_comes_before_the_pause_is_refused_with_the_smallest_legal_value()
    {
        var settings = new LeaseSettings { KillPowerOff = TimeSpan.FromSeconds(10) };

        Assert.False(LeaseTerms.TryMake(settings, out _, out var errors));

        Assert.Contains("killPowerOff is 10 s: it must be more than begin, at least 10.1 s", Assert.Single(errors));
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        var settings = new LeaseSettings
        {
            Begin = TimeSpan.FromSeconds(5), Drift = 0.5, Slack = TimeSpan.Zero, Heartbeat = TimeSpan.FromSeconds(1.05),
        };

        Assert.False(LeaseTerms.TryMake(settings, out _, out var errors));

        Assert.Equal(4, errors.Length);
        Assert.Contains(errors, error => error.Contains("slack is 0 s: it must be 0.5 s to 60 s"));
        Assert.Contains(errors, error => error.Contains("heartbeat is 1.05 s") && error.Contains("the next is 1.1 s"));
        Assert.Contains(errors, error => error.Contains("drift is 0.5"));
    }

    [Fact]
    public void Whatever_is_accepted_keeps_the_inequality()
    {
        var accepted = 0;
        Prop.ForAll(AnySettings(), settings =>
        {
            if (!LeaseTerms.TryMake(settings, out var terms, out var errors))
            {
                return errors.Length > 0;
            }

            accepted++;
            return LeaseBound.All(policy => Holds(settings, terms, policy));
        }).QuickCheckThrowOnFailure();
        Assert.True(accepted > 10, $"only {accepted} of the drawn settings were legal");
    }

    [Fact]
    public void A_host_with_the_slowest_clock_is_done_before_a_controller_with_the_fastest_counts_it_dead()
    {
        Prop.ForAll(AnySettings(), settings =>
        {
            if (!LeaseTerms.TryMake(settings, out var terms, out _))
            {
                return true;
            }

            // True time at which the slow host's clock shows L, and at which the fast controller's shows T.
            return LeaseBound.All(policy =>
                terms.L(policy)!.Value.TotalSeconds / (1 - (settings.Drift / 2))
                < terms.T(policy)!.Value.TotalSeconds / (1 + (settings.Drift / 2)));
        }).QuickCheckThrowOnFailure();
    }

    private static bool Holds(LeaseSettings settings, LeaseTerms terms, IsolationPolicy policy)
    {
        var kill = terms.K(policy)!.Value;
        var end = terms.L(policy)!.Value;
        var proof = terms.T(policy)!.Value;
        return settings.Failover + settings.Heartbeat + settings.Reconnect < terms.P
            && terms.P < kill
            && kill + settings.Watchdog + settings.Slack <= end
            && end.TotalSeconds * (1 + settings.Drift) / (1 - settings.Drift) < proof.TotalSeconds;
    }

    private static Arbitrary<LeaseSettings> AnySettings() => Arb.From(
        from beat in Tenths(1, 20)
        from failover in Tenths(0, 100)
        from begin in Tenths(1, 300)
        from kill in Tenths(1, 600)
        from pause in Tenths(1, 600)
        from watchdog in Tenths(0, 100)
        from slack in Tenths(0, 30)
        from drift in Gen.Choose(-1, 11)
        select new LeaseSettings
        {
            Heartbeat = beat, Failover = failover, Begin = begin, KillPowerOff = kill, KillStop = kill + begin,
            KillPause = begin + pause, Watchdog = watchdog, Slack = slack, Drift = drift / 100.0,
        });

    private static Gen<TimeSpan> Tenths(int least, int most) =>
        from tenths in Gen.Choose(least, most)
        select TimeSpan.FromMilliseconds(tenths * 100);

    [Fact]
    public void What_a_host_counts_lasts_longer_on_our_clock_by_all_that_two_clocks_may_drift()
    {
        Assert.Equal(612.121, LeaseTerms.Default.OnOurClock(TimeSpan.FromMinutes(10)).TotalSeconds, 0.001);
        Assert.Equal(TimeSpan.FromSeconds(68), LeaseTerms.Default.LongestT);
    }
}
