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

    /// <summary>Gives power to nodes and, at once with them, to those of their BMCs that lost it.</summary>
    public Task OnAsync(LabTarget target) =>
        Task.WhenAll([.. target.Nodes.Select(_power.TurnOnAsync), .. Silent(target).Select(ReviveAsync)]);

    private IEnumerable<NodePlan> Silent(LabTarget target) =>
        target.Nodes.Where(node => BmcMode.Read(plan, node.Name).Behaviour is BmcBehaviour.Dead);

    private Task ReviveAsync(NodePlan node) => BmcMode.Ok.ApplyAsync(plan, node);
}
