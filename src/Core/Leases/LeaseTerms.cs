using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Havm.Model;

namespace Havm.Core.Leases;

/// <summary>
/// The one inequality that keeps an instance from running twice, both sides of it:
/// <code>failover + heartbeat + reconnect &lt; P &lt; K;   K + w + s &lt;= L;   L (1 + r) / (1 - r) &lt; T</code>
/// The host counts a lease's age from *sending* the last heartbeat that was answered, and ends what it runs at K; even
/// if it cannot, the watchdog has ended it at L. The controller counts from *replying*, which is later, on a clock that
/// may run faster by r while the host's runs slower by r; from T on it may take the lease's end for a proof of death.
/// A set of terms that breaks a part of this cannot be made.
/// </summary>
public sealed record LeaseTerms
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly LeaseSettings _settings;

    private LeaseTerms(LeaseSettings settings)
    {
        _settings = settings;
    }

    /// <summary>Heartbeat 1 s, P 10 s, K 12/40/60 s, L 18/46/66 s, T 19/48/68 s.</summary>
    public static LeaseTerms Default { get; } = new(new LeaseSettings());

    public TimeSpan Heartbeat => _settings.Heartbeat;

    /// <summary>The lease age from which the host pauses, asks to shut down, and starts nothing more.</summary>
    public TimeSpan P => _settings.Begin;

    /// <summary>w, the effective reset time of the independent watchdog.</summary>
    public TimeSpan Watchdog => _settings.Watchdog;

    /// <summary>
    /// The lease age at which the warden kills what is left; null: never, the lease does not bind it.
    /// </summary>
    public TimeSpan? K(IsolationPolicy policy) => policy switch
    {
        IsolationPolicy.LeaveRunning => null,
        IsolationPolicy.Pause => _settings.KillPause,
        IsolationPolicy.Stop => _settings.KillStop,
        IsolationPolicy.PowerOff => _settings.KillPowerOff,
    };

    /// <summary>
    /// The lease age, on the host's clock, after which nothing of the instance runs; null: no such age.
    /// </summary>
    public TimeSpan? L(IsolationPolicy policy) => K(policy) + _settings.Watchdog + _settings.Slack;

    /// <summary>
    /// The lease age, on the controller's clock, from which the lease's end is a proof, in whole seconds; null: it
    /// never is, and since no comparison with null is true, <c>age >= terms.T(policy)</c> says so by itself.
    /// </summary>
    public TimeSpan? T(IsolationPolicy policy) => L(policy) is { } end
        ? TimeSpan.FromSeconds(Math.Ceiling((end.TotalSeconds * (1 + _settings.Drift) / (1 - _settings.Drift)) + 0.5))
        : null;

    /// <summary>The longest T of all policies: from then on no lease that has ended binds anything any more.</summary>
    public TimeSpan LongestT => Enum.GetValues<IsolationPolicy>().Max(T)!.Value;

    /// <summary>
    /// The longest that a time counted by a host lasts on the controller's clock: the host's may be slower by r, the
    /// controller's faster by r.
    /// </summary>
    public TimeSpan OnOurClock(TimeSpan hostTime) => hostTime * ((1 + _settings.Drift) / (1 - _settings.Drift));

    /// <summary>Of two policies the one whose lease proves later, or never.</summary>
    public IsolationPolicy Longer(IsolationPolicy a, IsolationPolicy b) =>
        T(a) is not { } first ? a : T(b) is not { } second ? b : first >= second ? a : b;

    /// <summary>Every error at once, each naming the setting, its value and the smallest legal one.</summary>
    public static bool TryMake(
        LeaseSettings settings, [NotNullWhen(true)] out LeaseTerms? terms, out ImmutableArray<string> errors)
    {
        errors = [.. Bounds(settings), .. Order(settings)];
        terms = errors.IsEmpty ? new LeaseTerms(settings) : null;
        return terms is not null;
    }

    private static IEnumerable<string> Bounds(LeaseSettings settings)
    {
        var minute = TimeSpan.FromMinutes(1);
        (string Name, TimeSpan Value, TimeSpan Least, TimeSpan Most)[] bounds =
        [
            ("heartbeat", settings.Heartbeat, Tick, minute),
            ("failover", settings.Failover, TimeSpan.Zero, 10 * minute),
            ("reconnect", settings.Reconnect, TimeSpan.Zero, minute),
            ("watchdog", settings.Watchdog, TimeSpan.Zero, 10 * minute),
            ("slack", settings.Slack, 5 * Tick, minute),
            ("begin", settings.Begin, Tick, 60 * minute),
            ("killPowerOff", settings.KillPowerOff, Tick, 120 * minute),
            ("killStop", settings.KillStop, Tick, 120 * minute),
            ("killPause", settings.KillPause, Tick, 120 * minute),
        ];
        foreach (var (name, value, least, most) in bounds)
        {
            if (value < least || value > most)
            {
                yield return $"{name} is {Seconds(value)}: it must be {Seconds(least)} to {Seconds(most)}";
            }
            else if (value.Ticks % Tick.Ticks != 0)
            {
                yield return $"{name} is {Seconds(value)}: it must be whole tenths of a second; the next is "
                    + Seconds(TimeSpan.FromTicks(((value.Ticks / Tick.Ticks) + 1) * Tick.Ticks));
            }
        }

        if (!(settings.Drift is >= 0 and <= 0.1))
        {
            yield return $"drift is {settings.Drift.ToString(CultureInfo.InvariantCulture)}: it must be 0 to 0.1";
        }
    }

    private static IEnumerable<string> Order(LeaseSettings settings)
    {
        var handOver = settings.Failover + settings.Heartbeat + settings.Reconnect;
        if (settings.Begin <= handOver)
        {
            yield return $"begin is {Seconds(settings.Begin)}: it must be more than failover + heartbeat + reconnect, "
                + $"at least {Seconds(handOver + Tick)}, else a change of leader pauses healthy VMs";
        }

        (string Name, TimeSpan Value)[] kills =
        [
            ("killPowerOff", settings.KillPowerOff),
            ("killStop", settings.KillStop),
            ("killPause", settings.KillPause),
        ];
        foreach (var (name, value) in kills.Where(kill => kill.Value <= settings.Begin))
        {
            yield return $"{name} is {Seconds(value)}: it must be more than begin, "
                + $"at least {Seconds(settings.Begin + Tick)}";
        }
    }

    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";
}
