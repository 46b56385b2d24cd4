using System.Text.Json.Nodes;

namespace Havm.Specs.Tests;

public sealed class SpecSchemaTests
{
    [Fact]
    public void Every_example_satisfies_the_schema_of_its_kind()
    {
        string[] files = Directory.GetFiles(Path.Combine(Golden.Repository(), "examples"), "*.yaml");
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            var (objects, errors) = SpecParser.Parse(File.ReadAllText(file), Path.GetFileName(file));
            Assert.Empty(errors);
            Assert.All(objects, each => Assert.Equal(
                [], SchemaCheck.Errors(SpecSchema.Of(each.Spec.Kind)!, SpecWriter.ToJson(each), each.Key.ToString())));
        }
    }

    [Fact]
    public void What_the_parser_refuses_for_one_field_the_schema_refuses_too()
    {
        var set = JsonNode.Parse(
            """
            {"apiVersion": "havm/v1", "kind": "AvailabilitySet", "metadata": {"name": "s"},
            "spec": {"updateDomains": 21, "x": 1}}
            """);
        Assert.Equal(
            [".spec.updateDomains is above 20", ".spec.x is unknown"],
            SchemaCheck.Errors(SpecSchema.Of("AvailabilitySet")!, set, ""));
    }

    [Theory]
    [InlineData("vm", "VirtualMachine")]
    [InlineData("VIRTUALMACHINES", "VirtualMachine")]
    [InlineData("policies", "Policy")]
    [InlineData("nodes", "Node")]
    [InlineData("pod", null)]
    public void A_kind_is_found_by_the_words_people_use(string word, string? kind) =>
        Assert.Equal(kind, SpecSchema.FindKind(word));
}
