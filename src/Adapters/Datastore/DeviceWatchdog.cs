using System.Runtime.InteropServices;
using Havm.Runtime.Ports;
using Microsoft.Win32.SafeHandles;

namespace Havm.Datastore;

/// <summary>
/// The kernel's watchdog device (Documentation/watchdog/watchdog-api.rst of Linux): opening arms it, any byte feeds
/// it, and closing without the letter V leaves it armed.
/// </summary>
public sealed partial class DeviceWatchdog : IWatchdog
{
    /// <summary>WDIOC_SETTIMEOUT = _IOWR('W', 6, int).</summary>
    private const uint SetTimeout = 0xC0045706;

    private readonly SafeFileHandle _device;

    private DeviceWatchdog(SafeFileHandle device)
    {
        _device = device;
        Armed = true;
    }

    public bool Armed { get; private set; }

    /// <summary>
    /// Opens and arms. Throws IOException when the device cannot be opened or does not take a time-out of at most
    /// <paramref name="timeout"/>: a slower one would break the lease's proof.
    /// </summary>
    public static DeviceWatchdog Open(string path, TimeSpan timeout)
    {
        var device = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        int seconds = (int)timeout.TotalSeconds;
        if (Ioctl(device, SetTimeout, ref seconds) != 0 || seconds > timeout.TotalSeconds)
        {
            string why = $"{path}: does not take a time-out of {timeout.TotalSeconds:0} s (says {seconds})";
            Write(device, (byte)'V');
            device.Dispose();
            throw new IOException(why);
        }

        return new DeviceWatchdog(device);
    }

    public void Feed()
    {
        if (Armed)
        {
            Write(_device, (byte)'f');
        }
    }

    public void Disarm()
    {
        Write(_device, (byte)'V');
        _device.Dispose();
        Armed = false;
    }

    /// <summary>Leaves it armed: who feeds it next must come in time.</summary>
    public ValueTask DisposeAsync()
    {
        _device.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>By the system call itself: RandomAccess refuses a file that cannot seek, and no watchdog can.</summary>
    private static void Write(SafeFileHandle device, byte letter)
    {
        if (Write(device, in letter, 1) != 1)
        {
            throw new IOException($"the watchdog was not written to: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, in byte letter, nuint count);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle file, nuint request, ref int value);
}
