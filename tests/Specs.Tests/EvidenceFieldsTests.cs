using Havm.Model;

namespace Havm.Specs.Tests;

/// <summary>How a VM may ask for a dump of its memory.</summary>
public sealed class EvidenceFieldsTests
{
    [Fact]
    public void No_dump_is_made_unless_it_is_asked_for()
    {
        Assert.Null(Read("monitoring: vm").Evidence);
        Assert.False(Read("evidence: {}").Evidence!.GuestDump);
        Assert.Equal(
            new EvidenceWishes { GuestDump = true, DumpWithin = TimeSpan.FromSeconds(30) },
            Read("evidence: {guestDump: true}").Evidence);
        Assert.Equal(
            TimeSpan.FromMinutes(2), Read("evidence: {guestDump: true, dumpWithin: 2m}").Evidence!.DumpWithin);
    }

    [Theory]
    [InlineData("evidence: true", "evidence", "")]
    [InlineData("evidence: {guestDump: maybe}", "guestDump", "")]
    [InlineData("evidence: {guestDump: true, dumpWithin: 0s}", "dumpWithin", "less than 1s")]
    [InlineData("evidence: {guestDump: true, dumpWithin: 11m}", "dumpWithin", "more than 10m")]
    [InlineData("evidence: {guestDump: true, dumpWithin: never}", "dumpWithin", "")]
    [InlineData("evidence: {dump: true}", "dump", "")]
    public void What_is_wrong_is_named_with_its_field_and_a_remedy(string field, string named, string said)
    {
        var error = Assert.Single(Parse(field).Errors);

        Assert.EndsWith(named, error.Field);
        Assert.Contains(said, error.Reason);
        Assert.NotEmpty(error.Remedy);
    }

    private static InstanceTemplate Read(string field)
    {
        var parsed = Parse(field);
        Assert.Empty(parsed.Errors);
        return ((VirtualMachineSpec)Assert.Single(parsed.Objects).Spec).Template;
    }

    private static (IReadOnlyList<SpecObject> Objects, IReadOnlyList<SpecError> Errors) Parse(string field)
    {
        var (objects, errors) = SpecParser.Parse(
            "apiVersion: havm/v1\nkind: VirtualMachine\nmetadata: {name: db}\n"
            + $"spec:\n  vcpus: 1\n  memory: 64MiB\n  image: lab\n  {field}\n", "input");
        return (objects, errors);
    }
}
