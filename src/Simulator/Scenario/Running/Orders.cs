using Havm.Core;
using Havm.Simulator.World;
using Havm.Simulator.World.Control;

namespace Havm.Simulator.Scenario.Running;

/// <summary>
/// Gives orders as a person would: to whoever leads, again when a leader went before it acknowledged, and until one is
/// there.
/// </summary>
public sealed class Orders(VirtualWorld world)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    /// <summary>Given and not acknowledged yet.</summary>
    public int Pending { get; private set; }

    public void Give(Func<long, Input> order)
    {
        Pending++;
        Try(order, null);
    }

    private void Try(Func<long, Input> order, Given? before)
    {
        var given = before;
        if (world.Leader is { } leader && leader != before?.To)
        {
            given = new Given(leader);
            var mine = given;
            leader.Order(order, outcome =>
            {
                mine.Done = true;
                Pending--;
                foreach (var error in outcome.Errors)
                {
                    world.Witness.Refused(error.ToString());
                }
            });
        }

        world.Time.After(Again, () =>
        {
            if (given is not { Done: true })
            {
                Try(order, given);
            }
        });
    }

    private sealed class Given(SimulatedController to)
    {
        public SimulatedController To => to;

        public bool Done { get; set; }
    }
}
