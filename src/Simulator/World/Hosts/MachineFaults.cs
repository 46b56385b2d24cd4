using Havm.Model;

namespace Havm.Simulator.World.Hosts;

/// <summary>What goes wrong with machines on one host, as a scenario says.</summary>
public sealed class MachineFaults
{
    private readonly Dictionary<InstanceName, StartFault> _starts = [];
    private readonly Dictionary<InstanceName, StartFault> _moves = [];
    private readonly HashSet<InstanceName> _stops = [];
    private readonly HashSet<InstanceName> _mute = [];

    /// <summary>Tries to start it fail until all are used up; hosts of one cluster may share the count.</summary>
    public void FailStarts(InstanceName instance, StartFault fault) => _starts[instance] = fault;

    /// <summary>
    /// Tries to start it here fail while it comes from another host that it left in good order.
    /// </summary>
    public void FailMoves(InstanceName instance, StartFault fault) => _moves[instance] = fault;

    /// <summary>Whether this try to start it where it was moved to fails; spends it.</summary>
    public bool MoveFails(InstanceName instance) => Spent(_moves, instance);

    /// <summary>Nothing but its host's power ends it: no order to its guest, and no signal.</summary>
    public void NeverStop(InstanceName instance) => _stops.Add(instance);

    public bool NeverStops(InstanceName instance) => _stops.Contains(instance);

    /// <summary>Its guest boots, and never says that it is ready.</summary>
    public void NeverGetReady(InstanceName instance) => _mute.Add(instance);

    public bool NeverGetsReady(InstanceName instance) => _mute.Contains(instance);

    /// <summary>Whether this try to start fails; spends it.</summary>
    public bool StartFails(InstanceName instance) => Spent(_starts, instance);

    private static bool Spent(Dictionary<InstanceName, StartFault> faults, InstanceName instance) =>
        faults.TryGetValue(instance, out var fault) && fault.Left > 0 && fault.Left-- > 0;
}

/// <summary>Tries to start that are still to fail.</summary>
public sealed class StartFault(int tries)
{
    public int Left { get; set; } = tries;
}
