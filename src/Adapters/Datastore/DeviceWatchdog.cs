using System.Runtime.InteropServices;
using Havm.Runtime.Ports;
using Microsoft.Win32.SafeHandles;

namespace Havm.Datastore;

/// <summary>
/// The kernel's watchdog device (Documentation/watchdog/watchdog-api.rst of Linux): opening arms it, any byte feeds
/// it, and closing without the letter V leaves it armed. A driver may wait for its hardware in a write, so it is fed by
/// a thread of its own; one that feeds late feeds nothing, so that who asks it to stands still shows.
/// </summary>
public sealed partial class DeviceWatchdog : IWatchdog
{
    /// <summary>WDIOC_GETSUPPORT = _IOR('W', 0, struct watchdog_info).</summary>
    private const uint GetSupport = 0x80285700;

    /// <summary>WDIOC_SETTIMEOUT = _IOWR('W', 6, int).</summary>
    private const uint SetTimeout = 0xC0045706;

    /// <summary>WDIOF_MAGICCLOSE: without it any close stops the watchdog.</summary>
    private const uint MagicClose = 0x0100;

    /// <summary>A feed that was asked for longer ago says nothing of now.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(1);

    private readonly SafeFileHandle _device;
    private readonly Lock _writing = new();
    private readonly AutoResetEvent _asked = new(false);
    private long _askedAt;
    private volatile string? _trouble;

    private DeviceWatchdog(SafeFileHandle device)
    {
        _device = device;
        Armed = true;
        new Thread(FeedWhenAsked) { IsBackground = true, Name = "watchdog" }.Start();
    }

    public bool Armed { get; private set; }

    /// <summary>
    /// Opens and arms. Throws IOException when the device cannot be opened, would be stopped by any close, or does not
    /// take a time-out of at most <paramref name="timeout"/>: a slower one would break the lease's proof.
    /// </summary>
    /// <param name="path">The character device.</param>
    /// <param name="timeout">After so long without food it resets the machine; whole seconds.</param>
    /// <param name="leaveArmed">
    /// What is bound may be alive, left by a life before: a device that cannot be used stays as that life left it.
    /// </param>
    public static DeviceWatchdog Open(string path, TimeSpan timeout, bool leaveArmed = false)
    {
        var device = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        if (Unfit(device, timeout) is not { } why)
        {
            return new DeviceWatchdog(device);
        }

        if (!leaveArmed)
        {
            _ = Write(device, in Letters.Close, 1);
        }

        device.Dispose();
        throw new IOException($"{path}: {why}");
    }

    private static string? Unfit(SafeFileHandle device, TimeSpan timeout)
    {
        int seconds = (int)timeout.TotalSeconds;
        if (Ioctl(device, SetTimeout, ref seconds) != 0 || seconds > timeout.TotalSeconds)
        {
            return $"does not take a time-out of {timeout.TotalSeconds:0} s (says {seconds})";
        }

        var about = default(Support);
        return Ioctl(device, GetSupport, ref about) == 0 && (about.Options & MagicClose) == 0
            ? "is stopped by any close, so it would not outlive the warden: load its driver with nowayout, "
                + "or use another"
            : null;
    }

    /// <summary>Throws IOException when the feed before this one was not taken.</summary>
    public void Feed()
    {
        if (!Armed)
        {
            return;
        }

        string? trouble = _trouble;
        _trouble = null;
        Interlocked.Exchange(ref _askedAt, Environment.TickCount64);
        _asked.Set();
        if (trouble is not null)
        {
            throw new IOException($"the watchdog was not written to: {trouble}");
        }
    }

    public void Disarm()
    {
        Armed = false;
        lock (_writing)
        {
            _ = Write(_device, in Letters.Close, 1);
            _device.Dispose();
        }

        _asked.Set();
    }

    /// <summary>Leaves it armed: who feeds it next must come in time.</summary>
    public ValueTask DisposeAsync()
    {
        Armed = false;
        _device.Dispose();
        _asked.Set();
        return ValueTask.CompletedTask;
    }

    private void FeedWhenAsked()
    {
        while (_asked.WaitOne() && Armed)
        {
            lock (_writing)
            {
                var late = TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref _askedAt));
                if (Armed && late < Stale)
                {
                    Feed(_device);
                }
            }
        }
    }

    /// <summary>By the system call itself: RandomAccess refuses a file that cannot seek, and no watchdog can.</summary>
    private void Feed(SafeFileHandle device)
    {
        try
        {
            if (Write(device, in Letters.Food, 1) != 1)
            {
                _trouble = Marshal.GetLastPInvokeErrorMessage();
            }
        }
        catch (ObjectDisposedException)
        {
            // It was let go of meanwhile.
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, in byte letter, nuint count);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle file, nuint request, ref int value);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle file, nuint request, ref Support value);

    private static class Letters
    {
        public static readonly byte Food = (byte)'f';
        public static readonly byte Close = (byte)'V';
    }

    /// <summary>struct watchdog_info.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private struct Support
    {
        public uint Options;
        public uint Firmware;
    }
}
