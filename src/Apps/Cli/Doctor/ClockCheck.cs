using System.Globalization;
using Havm.Runtime.Time;

namespace Havm.Cli.Doctor;

/// <summary>
/// Whether this machine's clocks are what leases are built on: they run at nearly the same pace everywhere, and through
/// suspend. Agreement of the wall clocks is for people who read logs of two machines.
/// </summary>
internal sealed class ClockCheck : ICheck
{
    /// <summary>Half of the drift that leases allow between two machines; SAFETY, section 1.</summary>
    private const double FastestPace = 0.005;

    private static readonly TimeSpan WorstError = TimeSpan.FromSeconds(1);

    /// <summary>Daemons that keep time, by the names that the kernel keeps of them.</summary>
    private static readonly string[] Keepers = ["chronyd", "systemd-timesyn", "ntpd", "ntpsec", "ptp4l", "phc2sys"];

    public string Name => "clock";

    public Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel)
    {
        var clock = KernelClock.Read();
        string source = site.Read("/sys/devices/system/clocksource/clocksource0/current_clocksource") ?? "";
        string[] keepers = [.. site.Processes(Keepers).Select(found => found.Name).Distinct()];
        return Task.FromResult<IReadOnlyList<Finding>>(
            [Sync(clock, keepers), Pace(clock), Sleep(clock), Source(source)]);
    }

    public static Finding Sync(KernelClock clock, IReadOnlyList<string> keepers)
    {
        string who = keepers.Count > 0 ? string.Join(", ", keepers) : "no chronyd, systemd-timesyncd or ntpd runs";
        return !clock.Synchronized
            ? Finding.Warn("sync", "the wall clock is not synchronized: logs of two machines will not agree", who,
                keepers.Count > 0 ? "give the time daemon a source that it can reach" : "apt-get install chrony")
            : clock.WorstError > WorstError
                ? Finding.Warn("sync", "the wall clock may be off by more than a second",
                    $"{Seconds(clock.WorstError)}; {who}", "give the time daemon a nearer source")
                : Finding.Ok("sync", "the wall clock is synchronized", $"within {Seconds(clock.WorstError)}; {who}");
    }

    public static Finding Pace(KernelClock clock)
    {
        string pace = string.Create(CultureInfo.InvariantCulture, $"{clock.Rate * 1e6:+0.0;-0.0;0} ppm");
        return Math.Abs(clock.Rate) > FastestPace
            ? Finding.Fail("pace", "the clock is driven faster or slower than leases allow (1 % between two machines)",
                pace, "stop what set the kernel's tick, and run: adjtimex --tick 10000")
            : Finding.Ok("pace", "the clock runs at its own pace", pace);
    }

    public static Finding Sleep(KernelClock clock) => clock.Slept > TimeSpan.FromSeconds(1)
        ? Finding.Warn("suspend", "this machine was suspended since it booted; what slept has lost its leases",
            $"for {Seconds(clock.Slept)}", "systemctl mask sleep.target suspend.target hibernate.target")
        : Finding.Ok("suspend", "the lease clock runs through suspend, and this boot never was", "CLOCK_BOOTTIME");

    public static Finding Source(string source) => source switch
    {
        "" => Finding.Skip("source", "the kernel does not tell its clock source"),
        "jiffies" or "refined-jiffies" => Finding.Fail(
            "source", "the kernel counts time by interrupts, and loses it under load", source,
            "boot without the clocksource= parameter"),
        "hpet" or "acpi_pm" => Finding.Warn(
            "source", "the kernel does not trust the processor's counter", source,
            "look for \"tsc\" in dmesg, and update the firmware"),
        _ => Finding.Ok("source", "a steady clock source", source),
    };

    private static string Seconds(TimeSpan span) =>
        string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###} s");
}
