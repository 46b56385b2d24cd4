namespace Havm.Model;

/// <summary>What a node that is cut off from every controller does with an instance when its lease runs out.</summary>
public enum IsolationPolicy
{
    /// <summary>It runs on; the node must be fenced before the instance may start elsewhere.</summary>
    LeaveRunning,

    /// <summary>vCPUs pause at P, and what is still there at K is killed.</summary>
    Pause,

    /// <summary>The guest is asked to shut down at P, and what is still there at K is killed.</summary>
    Stop,

    /// <summary>It is killed at K.</summary>
    PowerOff,
}

/// <summary>How closely a VM's inside is watched.</summary>
public enum MonitoringMode
{
    /// <summary>Only the hypervisor's own state counts.</summary>
    Off,

    /// <summary>Guest heartbeats and I/O count too.</summary>
    Vm,

    /// <summary>The application's readiness counts too.</summary>
    VmAndApplication,
}
