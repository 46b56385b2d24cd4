using System.Text.Json.Nodes;
using Havm.Simulator.Faults;
using Havm.Simulator.Scenario;
using Havm.Simulator.Tests.Scenario;

namespace Havm.Simulator.Tests.Faults;

/// <summary>Every fault is written, read, drawn and documented by what its kind declares.</summary>
public sealed class FaultLibraryTests
{
    private const string SchemaFile = "tests/data/scenarios/havm-scenario.schema.json";

    private static readonly string[] Nodes = ["node1", "node2", "node3"];
    private static readonly string[] Vms = ["one", "two"];
    private static readonly string[] Racks = ["r1", "r2"];

    public static TheoryData<string> Verbs => [.. FaultCatalogue.All.Select(kind => kind.Verb)];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void What_is_drawn_from_a_seed_is_the_same_again_and_reads_back_as_it_was_written(string verb)
    {
        var kind = FaultCatalogue.Find(verb)!;
        for (int seed = 0; seed < 50; seed++)
        {
            var drawn = Draw(kind, seed);
            string written = drawn.Write(verb);

            Assert.Equal(written, Draw(kind, seed).Write(verb));
            var action = Assert.Single(Read(written).Steps[0].Do);
            Assert.Equal(verb, action.Verb);
            Assert.Equal(written, action.Fault!.Write(verb));
            Assert.NotEmpty(kind.Of(action.Fault, new Names()));
        }
    }

    [Fact]
    public void The_schema_of_scenarios_names_every_fault_with_its_fields()
    {
        var file = JsonNode.Parse(File.ReadAllText(Path.Combine(Plays.Root, SchemaFile)))!.AsObject();
        var definitions = file["$defs"]!.AsObject();
        var forms = definitions["action"]!["oneOf"]!.AsArray();
        foreach (var old in definitions.Where(d => d.Key.StartsWith("fault-", StringComparison.Ordinal)).ToList())
        {
            definitions.Remove(old.Key);
        }

        foreach (var old in forms.Where(form => $"{form!["$ref"]}".Contains("/fault-")).ToList())
        {
            forms.Remove(old);
        }

        foreach (var kind in FaultCatalogue.All.Where(kind => !IsCore(file, kind.Verb)))
        {
            definitions[$"fault-{kind.Verb}"] = FaultSchema.Of(kind);
            forms.Add(new JsonObject { ["$ref"] = $"#/$defs/fault-{kind.Verb}" });
        }

        Golden.Matches(SchemaFile, FaultSchema.Text(file));
    }

    [Fact]
    public void The_reference_tells_of_every_fault_what_breaks_and_how_it_is_written() =>
        Golden.Matches("docs/reference/faults.md", FaultReference.Text());

    private static bool IsCore(JsonObject schema, string verb) =>
        schema["$defs"]!["node-verb"]!["properties"]!.AsObject().ContainsKey(verb)
        || schema["$defs"]!["action"]!["oneOf"]!.AsArray().Any(form =>
            form!["required"] is JsonArray needed && needed.Count > 0 && $"{needed[0]}" == verb);

    private static FaultValues Draw(FaultKind kind, int seed) => kind.Draw(new Random(seed), Nodes, Vms, Racks);

    private static ScenarioFile Read(string action) => Plays.Read($$$"""
        schema: havm-scenario/1
        name: drawn
        racks: {r1: [node1, node2], r2: [node3]}
        nodes: {node1: {}, node2: {}, node3: {}}
        vms: {one: {node: node1}, two: {node: node2}}
        steps:
          - do: [{{{action}}}]
        """);

    private sealed class Names : IFaultNames
    {
        public Model.NodeName NodeOf(string name) => new(name);

        public Model.InstanceName InstanceOf(string name) => new(name);

        public System.Collections.Immutable.ImmutableArray<Model.NodeName> NodesOfRack(string rack) =>
            [new("node1")];
    }
}
