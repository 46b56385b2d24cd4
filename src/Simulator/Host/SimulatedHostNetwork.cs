using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Simulator.Host;

/// <summary>Taps of a simulated node.</summary>
public sealed class SimulatedHostNetwork(SimulatedNode node) : IHostNetwork
{
    public Task<string> MakeTapAsync(InstanceName instance, int card, CancellationToken cancel)
    {
        if (!node.HasBridge)
        {
            throw new MachineException(MachineTrouble.NetworkFailed, $"instance {instance}: there is no bridge");
        }

        node.Taps.TryAdd((instance, card), 0);
        return Task.FromResult(NameOf(instance, card));
    }

    public Task RemoveTapsAsync(InstanceName instance, CancellationToken cancel)
    {
        foreach (var tap in node.Taps.Keys.Where(tap => tap.Instance == instance).ToArray())
        {
            node.Taps.Remove(tap);
        }

        return Task.CompletedTask;
    }

    public long SentBytes(InstanceName instance) =>
        node.Taps.Where(tap => tap.Key.Instance == instance).Sum(tap => tap.Value);

    internal static string NameOf(InstanceName instance, int card) =>
        $"t-{(instance.Value.Length > 9 ? $"{StableHash(instance.Value):x8}" : instance.Value)}-{card}";

    /// <summary>The same in every run, unlike string.GetHashCode.</summary>
    private static uint StableHash(string text) => text.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u);
}
