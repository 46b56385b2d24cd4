using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Running;
using Havm.Simulator.World;

namespace Havm.Simulator.WhatIf;

/// <summary>
/// Plays what would happen to a cluster whose state was saved: its own records, names and policy, under the production
/// decisions and virtual time. Its nodes boot first and come to rest as they were; then the actions happen.
/// </summary>
/// <param name="Answer">What would happen.</param>
/// <param name="Played">All that happened, with the time before the actions.</param>
public sealed record WhatIfRun(WhatIfAnswer Answer, ScenarioOutcome Played)
{
    /// <summary>Boots are over before anything is asked, so they may be quick.</summary>
    private static readonly TimeSpan QuickBoot = TimeSpan.FromSeconds(1);

    /// <summary>Longer than a guest's boot: whoever runs at the end is ready, and incidents are closed.</summary>
    private static readonly TimeSpan UntilReady = TimeSpan.FromSeconds(5);

    /// <param name="cluster">The cluster's name.</param>
    /// <param name="ledger">Its saved state.</param>
    /// <param name="epoch">The term it was saved in.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="lines">Actions, one a line; see <see cref="ActionLine"/>.</param>
    /// <param name="apart">Between one action and the next; null: all at once.</param>
    /// <param name="options">Seed and settings.</param>
    /// <returns>The run; or what is wrong with the actions, or what of them is not built.</returns>
    public static (WhatIfRun? Run, ImmutableArray<SpecError> Errors) Of(
        string cluster, Ledger ledger, Epoch epoch, DateTimeOffset at, ImmutableArray<string> lines, TimeSpan? apart,
        PlayOptions options)
    {
        var (scenario, errors) = SnapshotScenario.Of(cluster, ledger, lines, apart);
        if (scenario is null)
        {
            return (null, errors);
        }

        var origin = new WorldOrigin(Founded(ledger))
        {
            Epoch = epoch, Wall = at, Apart = ApartFrom(ledger),
        };
        var played = ScenarioPlayer.Play(scenario, options with
        {
            Origin = origin,
            Policy = ledger.Policy,
            World = options.World with { Boot = QuickBoot },
            Tail = UntilReady,
        });
        if (!played.Missing.IsEmpty)
        {
            return (null, [new SpecError("--do", "", $"needs {string.Join(", ", played.Missing)}, which is not built",
                "leave that action out; docs/reference/faults.md lists what can happen")]);
        }

        var answer = new Consequences(ledger, played).Answer(lines, options.Seed, cluster, at);
        return (new WhatIfRun(answer, played), []);
    }

    /// <summary>
    /// The state as it is, but for what nodes hold beside it and no snapshot shows: <see cref="Unplayed"/> says so.
    /// </summary>
    private static Ledger Founded(Ledger ledger) => ledger with
    {
        ClusterName = VirtualWorld.ClusterName, LongLease = null,
    };

    private static NodeName ApartFrom(Ledger ledger)
    {
        var name = new NodeName("controller");
        while (ledger.Nodes.ContainsKey(name))
        {
            name = new NodeName($"{name}-x");
        }

        return name;
    }
}
