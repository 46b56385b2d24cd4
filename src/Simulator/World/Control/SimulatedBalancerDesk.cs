using Havm.Core;
using Havm.Core.Rotation;
using Havm.Model;

namespace Havm.Simulator.World.Control;

/// <summary>
/// Tends load balancers by the committed picture once a second, and brings back what they say, as the production desk
/// does. Where there is none it does nothing.
/// </summary>
public sealed class SimulatedBalancerDesk(VirtualWorld world, SimulatedController controller)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    public void Begin()
    {
        if (world.Store.Ledger.All<LoadBalancerSpec>().Any())
        {
            controller.Gate.After(Period, Tend);
        }
    }

    private void Tend()
    {
        if (!controller.InOffice)
        {
            return;
        }

        controller.Gate.After(Period, Tend);
        var cluster = controller.Committed;
        if (!controller.Acts || cluster.Office.Overruled is not null)
        {
            return;
        }

        foreach (var (name, _) in cluster.Ledger.All<LoadBalancerSpec>().ToList())
        {
            var word = world.Balancers.Tend(BalancerPlan.Of(cluster, name)!);
            controller.Hear(word is null
                ? new BalancerSilent(name, "it does not answer")
                : new BalancerSpoke(name, controller.Now, word));
        }
    }
}
