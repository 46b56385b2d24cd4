using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Simulator.Host;

namespace Havm.Contracts.Hypervisor;

/// <summary>The twin keeps the hypervisor's contract.</summary>
public sealed class SimulatedHypervisorTests() : MachineDiskContract(new SimulatedRig());

/// <summary>Two simulated nodes over shared simulated datastores.</summary>
internal sealed class SimulatedRig : IHypervisorRig
{
    private readonly SimulatedDatastores _datastores = new();

    public SimulatedRig()
    {
        _datastores.Add(IHypervisorRig.Store);
        _datastores.Add(IHypervisorRig.Full, hasRoom: false);
        First = new Node(_datastores);
        Second = new Node(_datastores);
    }

    public IMachineNode First { get; }

    public IMachineNode Second { get; }

    public Task PutAsync(FileOnDatastore file)
    {
        _datastores.Put(file);
        return Task.CompletedTask;
    }

    public bool Exists(FileOnDatastore file) => _datastores.Exists(file);

    public Task ScribbleAsync(FileOnDatastore file)
    {
        _datastores.Scribble(file);
        return Task.CompletedTask;
    }

    public Task<bool> IsBlankAsync(FileOnDatastore file) => Task.FromResult(_datastores.IsBlank(file));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Node : IMachineNode
    {
        private readonly SimulatedNode _node;

        public Node(SimulatedDatastores datastores)
        {
            _node = new SimulatedNode(datastores);
            Cgroups = new SimulatedMachineCgroups(_node);
            Switch = new SimulatedVcpuSwitch(_node);
        }

        public IMachineCgroups Cgroups { get; }

        public IVcpuSwitch Switch { get; }

        public IHypervisor NewLife() => new SimulatedHypervisor(_node);

        public void HideCgroups() => _node.IsReadable = false;

        public void Kill(int pid) => Find(pid).Kill();

        public void Freeze(int pid) => Find(pid).IsFrozen = true;

        public bool IsAlive(int pid) => Find(pid).IsAlive;

        public void LoseSeat(InstanceName instance) => _node.LoseSeatFile(instance);

        private SimulatedProcess Find(int pid) => _node.Processes.Single(process => process.Pid == pid);
    }
}
