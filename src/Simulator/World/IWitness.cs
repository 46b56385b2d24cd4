using Havm.Core;
using Havm.Model;

namespace Havm.Simulator.World;

/// <summary>
/// Sees what happens in a virtual world, in order. Power, links and machines are told by the substrate that they
/// happen to, whatever a controller believes.
/// </summary>
public interface IWitness
{
    /// <summary>A node's power came or went.</summary>
    /// <param name="node">Whose.</param>
    /// <param name="on">What it is now.</param>
    /// <param name="why">power-on, crash, self-fence, fence, shutdown or reboot.</param>
    /// <param name="cause">order, fault, lease or fence.</param>
    void Power(NodeName node, bool on, string why, string cause);

    /// <summary>All networks of a node but its BMC's and its datastore's were cut or joined.</summary>
    void Link(NodeName node, bool up);

    /// <summary>Virtual CPUs of an instance began or ceased to run.</summary>
    void Machine(InstanceName instance, NodeName node, bool running, string why);

    /// <summary>A try to make an instance's process failed.</summary>
    void StartFailed(InstanceName instance, NodeName node);

    /// <summary>A replica took office.</summary>
    void Leader(NodeName node);

    /// <summary>A step was decided and is durable.</summary>
    void Decided(Cluster before, Decision decision);

    /// <summary>An order was refused.</summary>
    void Refused(string why);
}
