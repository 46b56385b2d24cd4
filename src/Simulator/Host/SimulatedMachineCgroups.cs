using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Simulator.Host;

/// <summary>The cgroups of a simulated node's machines.</summary>
public sealed class SimulatedMachineCgroups(SimulatedNode node) : IMachineCgroups
{
    public string Make(InstanceName instance) => node.Cgroups[instance] = $"/cgroup/vms/{instance}";

    public IReadOnlyDictionary<InstanceName, IReadOnlyList<int>> Populated() => node.IsReadable
        ? node.Cgroups
            .Select(entry => (entry.Key, Pids: (IReadOnlyList<int>)[.. node.AliveIn(entry.Value).Select(p => p.Pid)]))
            .Where(entry => entry.Pids.Count > 0)
            .ToDictionary(entry => entry.Key, entry => entry.Pids)
        : throw new IOException("the cgroups cannot be read");

    public Task<bool> EndAsync(InstanceName instance, TimeSpan timeout, CancellationToken cancel)
    {
        if (node.Cgroups.TryGetValue(instance, out string? cgroup))
        {
            foreach (var process in node.AliveIn(cgroup).ToArray())
            {
                process.Kill();
            }
        }

        return Task.FromResult(true);
    }

    public void Remove(InstanceName instance) => node.Cgroups.Remove(instance);
}
