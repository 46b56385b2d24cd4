using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Havm.Runtime.Time;

/// <summary>How the kernel runs its clocks, as clock_gettime(2) and adjtimex(2) tell it; nothing is set.</summary>
/// <param name="Slept">How long this boot was suspended: what the clock that runs through suspend is ahead.</param>
/// <param name="Synchronized">Something keeps the wall clock in step with a source of time.</param>
/// <param name="WorstError">The kernel's bound of the wall clock's error; means nothing while not synchronized.</param>
/// <param name="Rate">How much faster or slower than its oscillator the kernel runs the clock, as a fraction.</param>
public sealed partial record KernelClock(TimeSpan Slept, bool Synchronized, TimeSpan WorstError, double Rate)
{
    private const int ClockMonotonic = 1;
    private const int ClockBoottime = 7;
    private const int Unsynchronized = 0x40;
    private const double NominalTick = 10_000;

    /// <summary>ppm with a 16 bit fraction, adjtimex(2).</summary>
    private const double FrequencyUnit = 65_536_000_000;

    /// <summary>The size of struct timex, and where its members lie, on 64-bit systems.</summary>
    private const int TimexBytes = 208;
    private const int FrequencyAt = 16;
    private const int MaxErrorAt = 24;
    private const int StatusAt = 40;
    private const int TickAt = 88;

    /// <summary>Throws InvalidOperationException where the kernel does not know these calls.</summary>
    public static KernelClock Read()
    {
        var timex = new byte[TimexBytes];
        if (AdjustTime(timex) < 0 || GetTime(ClockMonotonic, out var still) != 0
            || GetTime(ClockBoottime, out var through) != 0)
        {
            throw new InvalidOperationException($"the kernel's clocks: error {Marshal.GetLastPInvokeError()}");
        }

        double tick = BinaryPrimitives.ReadInt64LittleEndian(timex.AsSpan(TickAt)) / NominalTick;
        double frequency = BinaryPrimitives.ReadInt64LittleEndian(timex.AsSpan(FrequencyAt)) / FrequencyUnit;
        return new KernelClock(
            through.Length - still.Length,
            (BinaryPrimitives.ReadInt32LittleEndian(timex.AsSpan(StatusAt)) & Unsynchronized) == 0,
            TimeSpan.FromMicroseconds(BinaryPrimitives.ReadInt64LittleEndian(timex.AsSpan(MaxErrorAt))),
            tick - 1 + frequency);
    }

    [LibraryImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    private static partial int AdjustTime(byte[] timex);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, out Timespec time);

    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;

        public readonly TimeSpan Length => new((Seconds * TimeSpan.TicksPerSecond) + (Nanoseconds / 100));
    }
}
