namespace Havm.Simulator.Tests.Scenario;

/// <summary>What a cut-off node still reaches is no part of a trace; it is on record with the verdict.</summary>
public sealed class CutOffTests
{
    [Fact]
    public void A_node_that_its_neighbours_reach_is_partitioned_and_not_isolated()
    {
        var evidence = EvidenceOf("faults/cut-from-the-leader-alone", "partitioned");

        Assert.Contains(evidence, fact => fact.EndsWith("reaches it at node4", StringComparison.Ordinal));
        Assert.Contains(evidence, fact => fact.Contains("reaches no controller", StringComparison.Ordinal));
    }

    [Fact]
    public void A_node_that_nobody_reaches_is_isolated()
    {
        var evidence = EvidenceOf("faults/guests-answer-and-hold-the-fence", "isolated");

        Assert.Contains(evidence, fact => fact.StartsWith("it answers nobody at ", StringComparison.Ordinal));
    }

    private static IEnumerable<string> EvidenceOf(string scenario, string verdict)
    {
        var outcome = Plays.Passes(File.ReadAllText(Path.Combine(Plays.Root, "scenarios", scenario + ".yaml")));
        return outcome.Told.Select(told => told.Event.Reason)
            .First(reason => reason.Decider == "liveness" && reason.Code == verdict)
            .Evidence.Select(evidence => evidence.Message);
    }
}
