namespace Havm.Simulator.Tests.Scenario;

/// <summary>What a trace does not show of storage that refuses a node is on record.</summary>
public sealed class StorageFenceTests
{
    [Theory]
    [InlineData("storage-that-lets-a-dead-node-in-is-told-again", "CutBroken")]
    [InlineData("storage-cuts-off-another", "CutDoubted")]
    public void What_storage_does_that_it_should_not_is_on_record(string scenario, string change)
    {
        var path = Path.Combine(Plays.Root, "scenarios/storage", scenario + ".yaml");

        Assert.Equal(1, Plays.Passes(File.ReadAllText(path)).Decided.GetValueOrDefault(change));
    }
}
