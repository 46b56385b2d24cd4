using System.Text.Json.Nodes;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Running;

namespace Havm.Simulator.Tests.Scenario;

/// <summary>The format's own examples, as everybody's implementation has to play them.</summary>
public sealed class ExampleTests
{
    public static TheoryData<string> Names => [.. Plays.Examples()];

    /// <summary>What each needs and the product cannot do yet; the others pass. Shrinks with every slice.</summary>
    private static readonly Dictionary<string, string> Missing = new()
    {
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void An_example_passes_or_is_skipped_by_the_name_of_what_is_missing(string name)
    {
        var outcome = Plays.Play(Plays.Example(name));

        Assert.Empty(outcome.Failures);
        Assert.Equal(Missing.GetValueOrDefault(name, ""), string.Join(", ", outcome.Missing));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_example_is_what_the_schema_of_scenarios_asks_for_and_is_read(string name)
    {
        Assert.Equal(name, Plays.Read(Plays.Example(name)).Name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_line_of_a_trace_is_what_its_schema_asks_for_and_time_never_goes_back(string name)
    {
        var schema = JsonNode.Parse(File.ReadAllText(
            Path.Combine(Plays.Root, "tests/data/scenarios/havm-trace.schema.json")))!.AsObject();
        var outcome = Plays.Play(Plays.Example(name));
        string trace = Plays.TraceOf(outcome);
        JsonObject[] lines = [.. trace.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!.AsObject())];

        Assert.EndsWith("\n", trace, StringComparison.Ordinal);
        Assert.All(lines, line => Assert.Equal([], SchemaCheck.Errors(schema, line, line.ToJsonString())));
        Assert.All(lines.Skip(1), line => Assert.Matches(@"^\d+(\.\d{1,3})?$", line["t"]!.ToJsonString()));
        decimal[] times = [.. lines.Skip(1).Select(line => line["t"]!.GetValue<decimal>())];
        Assert.Equal(times.Order(), times);
        if (outcome.Verdict == ScenarioVerdict.Passed)
        {
            Assert.Equal("end", lines[^1]["step"]!.GetValue<string>());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_seed_gives_the_same_trace_to_the_byte_and_another_seed_another(string name)
    {
        string once = Plays.TraceOf(Plays.Play(Plays.Example(name)));

        Assert.Equal(once, Plays.TraceOf(Plays.Play(Plays.Example(name))));
        Assert.NotEqual(once, Plays.TraceOf(Plays.Play(Plays.Example(name), new PlayOptions { Seed = 2 })));
    }

    [Fact]
    public void Twenty_seeds_of_every_example_that_can_be_played_pass()
    {
        foreach (string name in Plays.Examples().Where(name => !Missing.ContainsKey(name)))
        {
            for (int seed = 100; seed < 120; seed++)
            {
                Plays.Passes(Plays.Example(name), new PlayOptions { Seed = seed });
            }
        }
    }
}
