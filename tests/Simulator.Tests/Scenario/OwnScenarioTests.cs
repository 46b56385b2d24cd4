using System.Text.Json.Nodes;
using Havm.Simulator.Faults;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Running;

namespace Havm.Simulator.Tests.Scenario;

/// <summary>The scenarios of our own, under scenarios/.</summary>
public sealed class OwnScenarioTests
{
    private const string Folder = "scenarios";

    private static readonly JsonObject ScenarioSchema = Schema("havm-scenario");
    private static readonly JsonObject TraceSchema = Schema("havm-trace");

    public static TheoryData<string> Files => [.. All()];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_scenario_of_our_own_passes_and_every_line_of_its_trace_is_what_the_schema_asks_for(string file)
    {
        var outcome = Plays.Passes(Text(file));

        string trace = Plays.TraceOf(outcome);
        Golden.Matches(GoldenOf(file), trace);
        string[] lines = trace.TrimEnd('\n').Split('\n');
        Assert.All(lines, line => Assert.Equal([], SchemaCheck.Errors(TraceSchema, JsonNode.Parse(line), line)));
        Assert.Contains("\"step\":\"end\"", lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_scenario_of_our_own_is_what_the_schema_asks_for_and_bears_its_file_s_name(string file)
    {
        Assert.Equal([], SchemaCheck.Errors(ScenarioSchema, Plays.AsJson(Text(file)), file));
        Assert.Equal(Path.GetFileNameWithoutExtension(file), Plays.Read(Text(file)).Name);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_scenario_of_our_own_opens_with_a_sentence_that_says_what_it_is_for(string file)
    {
        string first = Text(file).Split('\n')[0];

        Assert.Matches(@"^# \p{Lu}.{20,}\.$", first);
    }

    [Fact]
    public void Every_golden_trace_belongs_to_a_scenario()
    {
        var goldens = Directory.GetFiles(Path.Combine(Plays.Root, Folder), "*.jsonl", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Plays.Root, file)).Order(StringComparer.Ordinal);

        Assert.Equal(All().Select(GoldenOf).Order(StringComparer.Ordinal), goldens);
    }

    [Fact]
    public void Three_more_seeds_of_every_scenario_of_our_own_pass()
    {
        foreach (string file in All())
        {
            for (int seed = 40; seed < 43; seed++)
            {
                Plays.Passes(Text(file), new PlayOptions { Seed = seed });
            }
        }
    }

    [Fact]
    public void Every_fault_there_is_strikes_in_a_scenario_of_our_own()
    {
        var struck = All().SelectMany(file => Plays.Read(Text(file)).Steps)
            .SelectMany(step => step.Do).Select(action => action.Verb).ToHashSet();

        Assert.All(FaultCatalogue.All, kind => Assert.Contains(kind.Verb, struck));
    }

    private static IEnumerable<string> All() =>
        Directory.GetFiles(Path.Combine(Plays.Root, Folder), "*.yaml", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Plays.Root, file)).Order(StringComparer.Ordinal);

    private static string GoldenOf(string file) => Path.ChangeExtension(file, ".trace.jsonl");

    private static string Text(string file) => File.ReadAllText(Path.Combine(Plays.Root, file));

    private static JsonObject Schema(string name) => JsonNode.Parse(File.ReadAllText(
        Path.Combine(Plays.Root, $"tests/data/scenarios/{name}.schema.json")))!.AsObject();
}
