using System.Runtime.InteropServices;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Runtime.Time;

/// <summary>
/// CLOCK_BOOTTIME, which runs through suspend: a node that slept must find its lease expired. .NET's own Stopwatch
/// reads CLOCK_MONOTONIC, which does not.
/// </summary>
public sealed partial class BootClock : IClock
{
    private const int ClockBoottime = 7;

    public Instant Now
    {
        get
        {
            if (ClockGettime(ClockBoottime, out var time) != 0)
            {
                throw new InvalidOperationException(
                    $"clock_gettime(CLOCK_BOOTTIME) failed with error {Marshal.GetLastPInvokeError()}");
            }

            return new Instant(TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100)));
        }
    }

    public DateTimeOffset Wall => DateTimeOffset.UtcNow;

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGettime(int clock, out Timespec time);

    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
