using System.Globalization;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Runtime.Processes;

namespace Havm.Network;

/// <summary>Taps on one bridge of this node's network namespace, made with iproute2.</summary>
/// <param name="bridge">The bridge's name; it is made by whoever made the node.</param>
/// <param name="timeout">Longest time one change may take; 1 s to 1 min.</param>
/// <param name="prefix">
/// Begins every tap's name, 1 or 2 letters; nodes that share a network namespace need different ones.
/// </param>
public sealed class BridgeNetwork(string bridge, TimeSpan timeout, string prefix = "t") : IHostNetwork
{
    public async Task<string> MakeTapAsync(InstanceName instance, int card, CancellationToken cancel)
    {
        string tap = TapName.Of(prefix, instance, card);
        string add = InterfaceTable.Read().ContainsKey(tap) ? "" : $"tuntap add dev {tap} mode tap\n";
        var result = await IpAsync($"{add}link set dev {tap} master {bridge} up\n", cancel);
        if (result.Succeeded)
        {
            return tap;
        }

        await IpAsync($"link del dev {tap}\n", CancellationToken.None);
        throw new MachineException(
            MachineTrouble.NetworkFailed,
            $"instance {instance}: tap {tap} on bridge {bridge} cannot be made: {result.Error};"
            + " check that the bridge exists");
    }

    public async Task RemoveTapsAsync(InstanceName instance, CancellationToken cancel)
    {
        string[] taps = [.. TapsOf(instance).Select(entry => entry.Key)];
        if (taps.Length == 0)
        {
            return;
        }

        await IpAsync(string.Concat(taps.Select(tap => $"link del dev {tap}\n")), cancel);
        string[] left = [.. TapsOf(instance).Select(entry => entry.Key)];
        if (left.Length > 0)
        {
            throw new MachineException(
                MachineTrouble.NetworkFailed, $"instance {instance}: tap {string.Join(", ", left)} cannot be removed");
        }
    }

    public long SentBytes(InstanceName instance) => TapsOf(instance).Sum(entry => entry.Value);

    private IEnumerable<KeyValuePair<string, long>> TapsOf(InstanceName instance)
    {
        string stem = TapName.StemOf(prefix, instance);
        return InterfaceTable.Read().Where(entry =>
            entry.Key.StartsWith(stem, StringComparison.Ordinal)
            && int.TryParse(entry.Key.AsSpan(stem.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }

    /// <summary>One process for all lines, which go on past a line that fails.</summary>
    private Task<ShortCommandResult> IpAsync(string lines, CancellationToken cancel) =>
        ShortCommand.RunAsync("ip", ["-force", "-batch", "-"], lines, timeout, cancel);
}
