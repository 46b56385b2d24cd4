using Havm.Runtime.Ports;

namespace Havm.Simulator.Host;

/// <summary>The warden's hand on simulated machines.</summary>
public sealed class SimulatedVcpuSwitch(SimulatedNode node) : IVcpuSwitch
{
    /// <summary>The socket path under which a machine of this process is reached.</summary>
    internal static string SocketOf(int pid) => $"/run/vm/{pid}/qmp2.sock";

    public Task<bool> ReleaseAsync(string socket, CancellationToken cancel) => Act(socket, guest => guest.Release());

    public Task<bool> HoldAsync(string socket, CancellationToken cancel) => Act(socket, guest => guest.Hold());

    public Task<bool> ResetAsync(string socket, CancellationToken cancel) => Act(socket, guest => guest.Reset());

    public Task<bool> AskShutdownAsync(string socket, CancellationToken cancel) =>
        Act(socket, guest => guest.AskShutdown());

    private Task<bool> Act(string socket, Func<SimulatedGuest, bool> verb)
    {
        var guest = node.Guests.FirstOrDefault(entry => SocketOf(entry.Key) == socket).Value;
        return Task.FromResult(guest is not null && verb(guest));
    }
}
