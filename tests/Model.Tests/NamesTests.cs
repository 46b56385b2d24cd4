using System.Text.Json;
using Havm.Wire.Node;

namespace Havm.Model.Tests;

public sealed class NamesTests
{
    [Theory]
    [InlineData("web-0", true)]
    [InlineData("r1n1", true)]
    [InlineData("a", true)]
    [InlineData("", false)]
    [InlineData("-web", false)]
    [InlineData("web-", false)]
    [InlineData("Web", false)]
    [InlineData("web_0", false)]
    [InlineData("web/0", false)]
    public void A_name_is_lower_case_letters_digits_and_hyphens_inside(string name, bool legal) =>
        Assert.Equal(legal, NameRules.IsLegal(name));

    [Fact]
    public void A_name_has_63_characters_at_most()
    {
        Assert.True(NameRules.IsLegal(new string('a', 63)));
        Assert.False(NameRules.IsLegal(new string('a', 64)));
    }

    [Fact]
    public void Names_and_counters_are_plain_text_and_numbers_on_the_line()
    {
        var frame = new NodeFrame
        {
            Warden = new WardenBeat
            {
                Cluster = "lab",
                Node = new NodeName("n1"),
                Boot = new BootId("b1"),
                Life = new ProcessLife("p1"),
                Sequence = 7,
                Running = [new RunningSeat(new InstanceName("web-0"), new Generation(3))],
            },
        };
        var text = JsonSerializer.Serialize(frame, NodeJson.Default.NodeFrame);
        Assert.Contains("\"node\":\"n1\"", text);
        Assert.Contains("\"instance\":\"web-0\",\"generation\":3", text);
        var back = JsonSerializer.Deserialize(text, NodeJson.Default.NodeFrame)!.Warden!;
        Assert.Equal(frame.Warden.Running, back.Running.AsEnumerable());
        Assert.Equal(new BootId("b1"), back.Boot);
    }

    [Theory]
    [InlineData(96L << 20, "96 MiB")]
    [InlineData(2L << 30, "2 GiB")]
    [InlineData(1000, "1000 B")]
    public void A_size_is_shown_in_the_largest_unit_that_divides_it(long bytes, string shown) =>
        Assert.Equal(shown, new Bytes(bytes).ToString());
}
