using Havm.Runtime.Ports;

namespace Havm.Simulator.Host;

/// <summary>Starts processes of a simulated node.</summary>
/// <param name="programs">The programs that can be executed.</param>
public sealed class SimulatedProcessSupervisor(SimulatedNode node, params string[] programs) : IProcessSupervisor
{
    public Task<int> StartAsync(
        string cgroup, IReadOnlyList<string> command, string log, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return programs.Contains(command[0])
            ? Task.FromResult(node.Start(cgroup, command).Pid)
            : throw new MachineException(MachineTrouble.ProcessFailed, $"{command[0]} is not an executable file");
    }
}
