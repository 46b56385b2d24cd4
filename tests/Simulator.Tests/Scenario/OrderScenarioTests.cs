using Havm.Simulator.Scenario.Running;

namespace Havm.Simulator.Tests.Scenario;

/// <summary>Our own scenarios about orders: each passes, whatever the seed, with nothing of it skipped.</summary>
public sealed class OrderScenarioTests
{
    public static TheoryData<string> Names =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Plays.Root, "scenarios/orders"), "*.yaml")
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_scenario_of_orders_passes_on_every_seed_and_says_what_it_is_about(string name)
    {
        var text = Plays.Order(name);
        Assert.StartsWith("# ", text, StringComparison.Ordinal);
        Assert.Equal(name, Plays.Read(text).Name);
        for (var seed = 1; seed <= 5; seed++)
        {
            Plays.Passes(text, new PlayOptions { Seed = seed });
        }
    }
}
