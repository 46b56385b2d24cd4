using Havm.Wire.Guest;

namespace Havm.Guest.Supervision;

/// <summary>What a probe's answer means for the role.</summary>
public enum ProbeVerdict
{
    /// <summary>Nothing changes.</summary>
    None,

    /// <summary>The role works.</summary>
    Passed,

    /// <summary>The role does not work and must be restarted.</summary>
    Unhealthy,
}

/// <summary>
/// Counts the probes of one run of the role. Until the first pass it asks quickly, so that readiness is seen when it
/// comes, and forgives misses until the start time is over; afterwards so many misses in a row make it unhealthy.
/// </summary>
/// <param name="Started">When the role's process started.</param>
/// <param name="Next">When the next probe starts; while one runs, when it counts as missed.</param>
public sealed record ProbeWatch(
    ProbeSpec Spec, TimeSpan Started, TimeSpan Next, bool Running = false, int Misses = 0, bool PassedOnce = false)
{
    /// <summary>Time between probes before the first pass.</summary>
    internal static readonly TimeSpan StartPeriod = TimeSpan.FromSeconds(0.1);

    /// <summary>Probing of a role that starts now; the first probe is due at once.</summary>
    public static ProbeWatch Begin(ProbeSpec? spec, TimeSpan now) => new(spec ?? new(ProbeKind.None), now, now);

    /// <summary>The watch for changed settings: what was counted stays, a running probe runs on.</summary>
    public ProbeWatch With(ProbeSpec? spec, TimeSpan now) =>
        this with { Spec = spec ?? new(ProbeKind.None), Next = Running ? Next : now };

    /// <summary>The watch with a probe under way.</summary>
    public ProbeWatch Launch(TimeSpan now) => this with { Running = true, Next = now + Timeout };

    /// <summary>Takes the answer of the probe under way; no answer by <see cref="Next"/> is a miss.</summary>
    public (ProbeWatch Watch, ProbeVerdict Verdict) Answer(bool passed, TimeSpan now)
    {
        // The period counts from start to start, so a slow answer does not stretch it.
        TimeSpan launched = Running ? Next - Timeout : now;
        ProbeWatch idle = this with { Running = false };
        if (passed)
        {
            TimeSpan next = Later(launched + Period, now);
            return (idle with { Misses = 0, PassedOnce = true, Next = next }, ProbeVerdict.Passed);
        }

        if (!PassedOnce)
        {
            bool late = now - Started >= StartTimeout;
            return (idle with { Next = now + StartPeriod }, late ? ProbeVerdict.Unhealthy : ProbeVerdict.None);
        }

        ProbeWatch missed = idle with { Misses = Misses + 1, Next = Later(launched + Period, now) };
        return (missed, missed.Misses >= (Spec.Misses ?? 3) ? ProbeVerdict.Unhealthy : ProbeVerdict.None);
    }

    private TimeSpan Period => Spec.Period ?? TimeSpan.FromSeconds(15);

    private TimeSpan Timeout => Spec.Timeout ?? TimeSpan.FromSeconds(5);

    private TimeSpan StartTimeout => Spec.StartTimeout ?? TimeSpan.FromSeconds(60);

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
