using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Chassis;

/// <summary>
/// Power orders as people, BMCs and watchdogs give them: under the lab's lock, done when they return.
/// </summary>
public sealed class PowerOrders(LabPlan plan)
{
    /// <summary>How long a node may take to shut down by itself before its power goes anyway.</summary>
    public static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(30);

    private readonly NodePower _power = new(plan);

    public PowerRecord Read(NodePlan node) => _power.Read(node);

    public async Task OnAsync(IReadOnlyList<NodePlan> nodes)
    {
        using var held = await LabLock.TakeAsync(plan.Name);
        await Task.WhenAll(nodes.Select(_power.TurnOnAsync));
    }

    public async Task OffAsync(IReadOnlyList<NodePlan> nodes)
    {
        using var held = await LabLock.TakeAsync(plan.Name);
        await _power.CutAsync(nodes);
    }

    public async Task RestartAsync(NodePlan node)
    {
        using var held = await LabLock.TakeAsync(plan.Name);
        await _power.CutAsync([node]);
        await _power.TurnOnAsync(node);
    }

    /// <summary>
    /// Asks the node to shut down; the power goes once it has, or after <see cref="ShutdownPatience"/>.
    /// </summary>
    /// <returns>Completes when the node was asked; the inner task when its power is off.</returns>
    public async Task<Task> ShutDownAsync(NodePlan node)
    {
        using var held = await LabLock.TakeAsync(plan.Name);
        var boot = _power.BeginShutdown(node);
        return boot is null ? Task.CompletedTask : FinishAsync(node, boot);
    }

    /// <summary>The watchdog's reset: only the boot it was armed by, and only while that one has power.</summary>
    /// <returns>False if that boot was over already.</returns>
    public async Task<bool> BiteAsync(NodePlan node, string bootId)
    {
        using var held = await LabLock.TakeAsync(plan.Name);
        var record = _power.Read(node);
        if (record.Power is PowerState.Off || record.BootId != bootId)
        {
            return false;
        }

        await _power.CutAsync([node]);

        // A node that was being switched off by order stays off; any other comes back by itself.
        if (record.Power is PowerState.On)
        {
            await _power.TurnOnAsync(node);
        }

        return true;
    }

    private async Task FinishAsync(NodePlan node, string boot)
    {
        await Until.TrueAsync(() => _power.HasShutDown(node), ShutdownPatience);
        using var held = await LabLock.TakeAsync(plan.Name);
        var now = _power.Read(node);
        if (now.Power is PowerState.PoweringOff && now.BootId == boot)
        {
            await _power.CutAsync([node]);
        }
    }
}
