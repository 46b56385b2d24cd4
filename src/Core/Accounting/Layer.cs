namespace Havm.Core.Accounting;

/// <summary>
/// The rows of the health ladder: what can fail, from what a client sees down to what the site stands on. Each is
/// watched by the layer below it, and failures are counted by the layer that failed.
/// </summary>
public enum Layer
{
    /// <summary>The web endpoint of a role instance, seen by the load balancer's probe.</summary>
    Endpoint = 1,

    /// <summary>The process of a role instance, seen by the guest agent.</summary>
    Role = 2,

    /// <summary>The guest's system or its agent, seen by the host agent.</summary>
    Guest = 3,

    /// <summary>The virtual machine itself, seen by its hypervisor.</summary>
    Machine = 4,

    /// <summary>The host agent, seen by the controller.</summary>
    HostAgent = 5,

    /// <summary>A node's system, power, hardware or network, seen by the controller.</summary>
    Node = 6,

    /// <summary>A rack's switch or power: several nodes of one fault domain that fell silent together.</summary>
    Rack = 7,

    /// <summary>The path from a node to its storage, seen by the host agent.</summary>
    Storage = 8,

    /// <summary>A node that was going to fail, seen by its sensors.</summary>
    Prediction = 9,
}
