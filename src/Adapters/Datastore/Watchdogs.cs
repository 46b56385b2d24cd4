using Havm.Runtime.Ports;

namespace Havm.Datastore;

/// <summary>Finds the right hand for a watchdog by what lies at its path.</summary>
public static class Watchdogs
{
    /// <summary>
    /// A character device is armed at once and throws IOException when it cannot be; anything else is taken for the
    /// path of a datagram socket, which may appear later. Null: a node without one.
    /// </summary>
    /// <param name="path">What lies there.</param>
    /// <param name="timeout">After so long without food it resets the machine.</param>
    /// <param name="leaveArmed">What is bound may be alive; see <see cref="DeviceWatchdog.Open"/>.</param>
    public static IWatchdog At(string? path, TimeSpan timeout, bool leaveArmed = false) => path switch
    {
        null => new NoWatchdog(),
        _ when DeviceFile.IsCharacter(path) => DeviceWatchdog.Open(path, timeout, leaveArmed),
        _ => new SocketWatchdog(path, timeout),
    };
}

/// <summary>A node without a watchdog: nothing is armed, and the lease's end proves nothing.</summary>
internal sealed class NoWatchdog : IWatchdog
{
    public bool Armed => false;

    public void Feed()
    {
    }

    public void Disarm()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
