using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Reading;
using Havm.Simulator.Scenario.Running;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Havm.Simulator.Tests.Scenario;

/// <summary>Reads and plays scenarios for tests.</summary>
internal static class Plays
{
    public const string Folder = "tests/data/scenarios/examples";

    public static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../.."));

    /// <summary>Three nodes, powered on by the first step.</summary>
    public const string ThreeNodes = """
        schema: havm-scenario/1
        name: story
        nodes: {node1: {powered: false}, node2: {powered: false}, node3: {powered: false}}

        """;

    public static string Example(string name) =>
        File.ReadAllText(Path.Combine(Root, Folder, name + ".yaml"));

    /// <summary>One of our own scenarios about orders.</summary>
    public static string Order(string name) =>
        File.ReadAllText(Path.Combine(Root, "scenarios/orders", name + ".yaml"));

    public static IEnumerable<string> Examples() =>
        Directory.GetFiles(Path.Combine(Root, Folder), "*.yaml")
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    public static ScenarioFile Read(string text)
    {
        var (scenario, errors) = ScenarioReader.Read(text, "story.yaml");
        Assert.True(scenario is not null, string.Join('\n', errors));
        return scenario;
    }

    public static ScenarioOutcome Play(string text, PlayOptions? options = null) =>
        ScenarioPlayer.Play(Read(text), options ?? new PlayOptions());

    public static ScenarioOutcome Passes(string text, PlayOptions? options = null)
    {
        var outcome = Play(text, options);
        Assert.True(
            outcome.Verdict == ScenarioVerdict.Passed,
            $"{outcome.Verdict}: {string.Join("; ", outcome.Missing)}{string.Join('\n', outcome.Failures)}\n"
                + TraceOf(outcome));
        return outcome;
    }

    /// <summary>A scenario's text as JSON, as a reader of any other make would see it.</summary>
    public static JsonNode? AsJson(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return AsJson(stream.Documents[0].RootNode);
    }

    private static JsonNode? AsJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(
            entry => KeyValuePair.Create(((YamlScalarNode)entry.Key).Value!, AsJson(entry.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(AsJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } flag =>
            JsonValue.Create(flag.Value == "true"),
        YamlScalarNode { Style: ScalarStyle.Plain } number
            when long.TryParse(number.Value, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        YamlScalarNode { Style: ScalarStyle.Plain } number
            when double.TryParse(number.Value, CultureInfo.InvariantCulture, out var value) => JsonValue.Create(value),
        YamlScalarNode text => JsonValue.Create(text.Value),
        _ => throw new InvalidOperationException($"no such node: {node}"),
    };

    private static string Here([CallerFilePath] string here = "") => here;

    public static string TraceOf(ScenarioOutcome outcome)
    {
        using var into = new MemoryStream();
        outcome.WriteTrace(into);
        return Encoding.UTF8.GetString(into.ToArray());
    }
}
