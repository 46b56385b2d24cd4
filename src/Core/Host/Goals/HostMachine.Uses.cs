using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>What machines are measured to use: told for placement; nothing on the host hangs on it.</summary>
public sealed partial class HostMachine
{
    private Instant _usesAsked = Instant.Origin;

    /// <summary>All are measured together, so that a node has news of that once a period at most.</summary>
    private void MeasureIfDue(Instant now)
    {
        var (any, isNew) = (false, false);
        foreach (var machine in _machines.Values)
        {
            any |= machine.Step == MachineStep.Up;
            isNew |= machine is { Step: MachineStep.Up, UseAsked: false };
        }

        if (isNew || (any && now - _usesAsked >= UseWatch.Period))
        {
            _usesAsked = now;
            _effects.Add(new HostEffect.ReadUses());
            foreach (var machine in _machines.Values)
            {
                machine.UseAsked |= machine.Step == MachineStep.Up;
            }
        }
    }

    private void TakeUses(HostInput.UsesRead read)
    {
        foreach (var measured in read.Uses)
        {
            if (Find(measured.Instance, measured.Generation) is { Step: MachineStep.Up } machine
                && UseWatch.IsNews(machine.Use, measured.Use))
            {
                machine.Use = measured.Use;
                _dirty = true;
            }
        }
    }
}
