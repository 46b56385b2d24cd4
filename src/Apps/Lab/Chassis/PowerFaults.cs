using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Chassis;

/// <summary>Power lost and given back by a fault, not by an order. Both expect the lab's lock to be held.</summary>
public sealed class PowerFaults(LabPlan plan)
{
    private readonly NodePower _power = new(plan);

    /// <summary>Cuts the power; a rack's BMCs hang on the same fuse and always go with it.</summary>
    /// <param name="announced">Each node tells the controller first; a node that cannot keeps its power.</param>
    public async Task OffAsync(LabTarget target, bool withBmc, bool announced = false)
    {
        if (announced)
        {
            await Task.WhenAll(target.Nodes.Select(AnnounceAsync));
        }

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

    private Task AnnounceAsync(NodePlan node)
    {
        var home = plan.Paths.Node(node.Name);
        var words = plan.Commands.Warden.Skip(1).Select(w => w.Replace("{dir}", home, StringComparison.Ordinal));
        return Tool.RunAsync(plan.Commands.Warden[0], ["depart", .. words]);
    }
}
