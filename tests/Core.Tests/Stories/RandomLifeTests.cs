using Havm.Core.Changes;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// Seeds for <see cref="RandomLife"/>: HAVM_SEED runs one, HAVM_SEEDS that many from a random one, printed. Without
/// either the same seeds every time.
/// </summary>
public sealed class RandomLifeTests(ITestOutputHelper output)
{
    private static IEnumerable<int> Seeds()
    {
        if (Environment.GetEnvironmentVariable("HAVM_SEED") is { } one)
        {
            return [int.Parse(one)];
        }

        return Environment.GetEnvironmentVariable("HAVM_SEEDS") is { } many
            ? Enumerable.Range(Random.Shared.Next(1_000_000), int.Parse(many))
            : Enumerable.Range(1, 40);
    }

    [Fact]
    public void Whatever_happens_nothing_ever_runs_twice_and_when_all_is_repaired_all_is_well()
    {
        var covered = new HashSet<string>();
        foreach (var seed in Seeds())
        {
            output.WriteLine($"seed {seed}");
            try
            {
                var life = new RandomLife(seed);
                life.Live(acts: 60);
                life.Heal();
                AllIsWell(life.Story);
                covered.UnionWith(life.Coverage.Keys);
            }
            catch (Exception trouble)
            {
                throw new InvalidOperationException($"seed {seed}: {trouble.Message}", trouble);
            }
        }

        output.WriteLine($"covered: {string.Join(", ", covered.Order())}");
    }

    private static void AllIsWell(Story story)
    {
        foreach (var instance in story.Ledger.Instances.Values)
        {
            var phase = InstanceMachine.PhaseOf(story.Cluster, instance);
            var wanted = instance.Wanted switch
            {
                WantedState.Running => InstancePhase.Ready,
                WantedState.Stopped => InstancePhase.Stopped,
                WantedState.Unmanaged => InstancePhase.Unmanaged,
            };
            Assert.True(phase == wanted, $"{instance.Name} is {phase}, not {wanted}\n{story.Tell()}");
        }

        Assert.All(story.Ledger.Nodes.Values, n =>
            Assert.True(n.Phase == NodePhase.Up, $"{n.Name} is {n.Phase}\n{story.Tell()}"));
        Assert.All(story.Ledger.Incidents.Values, i =>
            Assert.False(i.Open, $"{i.Id} {i.Kind} {i.Subject} is open: {i.Decision.Message}\n{story.Tell()}"));
        Assert.DoesNotContain(story.Ledger.Nodes.Values, n => n.Fence is not null || n.PowerOn is not null);
    }
}
