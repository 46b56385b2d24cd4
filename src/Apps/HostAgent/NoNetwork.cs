using System.Collections.Immutable;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.HostAgent;

/// <summary>
/// A node whose configuration names no bridge: instances without network cards run, others are refused.
/// </summary>
public sealed class NoNetwork : IHostNetwork, IGuestProbe
{
    public Task<string> MakeTapAsync(InstanceName instance, int card, CancellationToken cancel) =>
        throw new MachineException(
            MachineTrouble.NetworkFailed,
            $"instance {instance}: it has a network card, but this node's configuration has no 'bridge'; "
                + "name one or take the card away");

    public Task RemoveTapsAsync(InstanceName instance, CancellationToken cancel) => Task.CompletedTask;

    public long SentBytes(InstanceName instance) => 0;

    public Task<ImmutableArray<InstanceName>> AskAsync(
        ImmutableArray<GuestCard> cards, CancellationToken cancel) => Task.FromResult<ImmutableArray<InstanceName>>([]);
}
