using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Havm.Model;

namespace Havm.Specs.Tests;

public sealed class RoundTripTests
{
    [Fact]
    public void Every_spec_reads_back_as_it_was_from_yaml_and_from_json() =>
        Prop.ForAll(SpecGen.Objects.ToArbitrary(), written =>
        {
            Same(written, SpecWriter.ToYaml([written]));
            Same(written, SpecWriter.ToJson(written).ToJsonString());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_written_spec_satisfies_the_schema_of_its_kind() =>
        Prop.ForAll(SpecGen.Objects.ToArbitrary(), written =>
        {
            JsonObject schema = SpecSchema.Of(written.Spec.Kind)!;
            Assert.Equal([], SchemaCheck.Errors(schema, SpecWriter.ToJson(written), ""));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_at_all_is_read_or_refused_and_never_throws() =>
        Prop.ForAll(Gen.OneOf(
            ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""),
            SpecGen.Objects.SelectMany(o => Damaged(SpecWriter.ToYaml([o])))).ToArbitrary(), text =>
        {
            var (objects, errors) = SpecParser.Parse(text, "input");
            Assert.True(objects.Length + errors.Length > 0);
            Assert.All(errors, error => Assert.NotEmpty(error.Remedy));
        }).QuickCheckThrowOnFailure();

    private static Gen<string> Damaged(string text) =>
        from at in Gen.Choose(0, text.Length - 1)
        from length in Gen.Choose(0, Math.Min(20, text.Length - at))
        from inserted in Gen.Elements(
            "", "\t", ":", "- ", "{", "]", "\"", "'", "*a", "&a ", "<<: ", "!!int ", "|", "\0", "---\n", "? ")
        select text.Remove(at, length).Insert(at, inserted);

    private static void Same(SpecObject written, string text)
    {
        var (objects, errors) = SpecParser.Parse(text, "input");
        Assert.True(errors.IsEmpty, $"{string.Join('\n', errors)}\n{text}");
        Assert.Equal(SpecGen.Everything(written), SpecGen.Everything(Assert.Single(objects)));
    }
}
