using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Havm.Core.Leaders;

/// <summary>
/// The numbers behind holding the office among several controllers, the same for all of them.
/// <see cref="LeadershipTerms.TryMake"/> refuses a set that breaks the inequality.
/// </summary>
public sealed record LeadershipSettings
{
    /// <summary>
    /// The store keeps the office for its holder this long after the last keepalive it took; 1 s to 1 min.
    /// </summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// A leader that was not answered acts on nothing from this age of its last answered keepalive on, counted
    /// from sending it; 0.5 s to 1 min, and less than Ttl by what clocks may drift.
    /// </summary>
    public TimeSpan StepDown { get; init; } = TimeSpan.FromMilliseconds(2500);

    /// <summary>Time between two keepalives that are answered; 0.1 s to 1 min, less than half of StepDown.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Longest wait for the store's answer; then the question counts as unanswered, and is asked again where that
    /// helps. 0.1 s to 1 min.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>r: how much the clocks of two machines may drift apart, as a part of 1; 0 to 0.1.</summary>
    public double Drift { get; init; } = 0.01;
}

/// <summary>
/// The one inequality that keeps two leaders from being in office at once, both sides of it:
/// <code>StepDown (1 + r) / (1 - r) &lt; Ttl</code>
/// The leader counts from *sending* its last answered keepalive, on a clock that may run slower by r; the store counts
/// from taking it, which is later, on a clock that may run faster by r. So the leader has stepped down by its own clock
/// strictly before the store gives the office to anybody else.
/// </summary>
public sealed record LeadershipTerms
{
    private readonly LeadershipSettings _settings;

    private LeadershipTerms(LeadershipSettings settings)
    {
        _settings = settings;
    }

    /// <summary>Ttl 3 s, step down at 2.5 s, keepalive each second, patience 0.5 s.</summary>
    public static LeadershipTerms Default { get; } = new(new LeadershipSettings());

    public TimeSpan Ttl => _settings.Ttl;

    public TimeSpan StepDown => _settings.StepDown;

    public TimeSpan KeepAlive => _settings.KeepAlive;

    public TimeSpan Patience => _settings.Patience;

    /// <summary>Every error at once, each naming the setting, its value and the nearest legal one.</summary>
    public static bool TryMake(
        LeadershipSettings settings, [NotNullWhen(true)] out LeadershipTerms? terms, out ImmutableArray<string> errors)
    {
        errors = [.. Bounds(settings)];
        if (errors.IsEmpty)
        {
            errors = [.. Order(settings)];
        }

        terms = errors.IsEmpty ? new LeadershipTerms(settings) : null;
        return terms is not null;
    }

    private static IEnumerable<string> Bounds(LeadershipSettings settings)
    {
        var minute = TimeSpan.FromMinutes(1);
        (string Name, TimeSpan Value, TimeSpan Least)[] bounds =
        [
            ("ttl", settings.Ttl, TimeSpan.FromSeconds(1)),
            ("stepDown", settings.StepDown, TimeSpan.FromMilliseconds(500)),
            ("keepAlive", settings.KeepAlive, TimeSpan.FromMilliseconds(100)),
            ("patience", settings.Patience, TimeSpan.FromMilliseconds(100)),
        ];
        foreach (var (name, value, least) in bounds.Where(b => b.Value < b.Least || b.Value > minute))
        {
            yield return $"{name} is {Seconds(value)}: it must be {Seconds(least)} to {Seconds(minute)}";
        }

        if (!(settings.Drift is >= 0 and <= 0.1))
        {
            yield return $"drift is {settings.Drift.ToString(CultureInfo.InvariantCulture)}: it must be 0 to 0.1";
        }
    }

    private static IEnumerable<string> Order(LeadershipSettings settings)
    {
        var least = settings.StepDown * ((1 + settings.Drift) / (1 - settings.Drift));
        if (settings.Ttl <= least)
        {
            yield return $"ttl is {Seconds(settings.Ttl)}: it must be more than stepDown (1 + drift) / (1 - drift), "
                + $"at least {Seconds(TimeSpan.FromMilliseconds(Math.Floor(least.TotalMilliseconds) + 1))}, "
                + "else two leaders may be in office at once";
        }

        if (settings.KeepAlive * 2 >= settings.StepDown)
        {
            yield return $"keepAlive is {Seconds(settings.KeepAlive)}: it must be less than half of stepDown "
                + $"({Seconds(settings.StepDown)}), else one lost answer costs the office";
        }
    }

    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";
}
