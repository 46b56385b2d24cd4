using Havm.Lab.Ground;

namespace Havm.Lab.Chassis;

/// <summary>Power lost and given back by a fault, not by an order. Both expect the lab's lock to be held.</summary>
public sealed class PowerFaults(LabPlan plan)
{
    private readonly NodePower _power = new(plan);

    /// <summary>Cuts the power; a rack's BMCs hang on the same fuse and always go with it.</summary>
    public async Task OffAsync(LabTarget target, bool withBmc)
    {
        if (withBmc || target.IsRack)
        {
            await Task.WhenAll(target.Nodes.Select(node => BmcMode.Dead.ApplyAsync(plan, node)));
        }

        await _power.CutAsync(target.Nodes);
    }

    /// <summary>
    /// Gives power to nodes and then to those of their BMCs that lost it: a BMC needs longer to come back than its node
    /// to boot, and were it first, a power-off order that still waits for it would meet the fresh boot.
    /// </summary>
    public async Task OnAsync(LabTarget target)
    {
        await Task.WhenAll(target.Nodes.Select(_power.TurnOnAsync));
        await BmcsOnAsync(target);
    }

    /// <summary>Gives power to the BMCs that lost it, and to nothing else.</summary>
    public async Task BmcsOnAsync(LabTarget target)
    {
        foreach (var node in target.Nodes.Where(node => BmcMode.Read(plan, node.Name).Behaviour is BmcBehaviour.Dead))
        {
            await BmcMode.Ok.ApplyAsync(plan, node);
        }
    }
}
