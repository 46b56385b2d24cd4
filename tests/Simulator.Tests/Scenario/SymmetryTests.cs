using System.Text.RegularExpressions;
using Havm.Simulator.Scenario;

namespace Havm.Simulator.Tests.Scenario;

/// <summary>Nobody looks at names, titles or tags, nor at the order of keys.</summary>
public sealed partial class SymmetryTests
{
    public static TheoryData<string> Stories =>
    [
        Plays.Example("isolated-node-is-fenced-then-recovered"),
        Plays.Example("operator-move"), StoryTexts.RackCut, StoryTexts.LeasesEnd,
    ];

    [Theory]
    [MemberData(nameof(Stories))]
    public void Renamed_in_the_same_order_it_is_the_same_trace_with_other_names(string story)
    {
        var scenario = Plays.Read(story);
        var names = scenario.Nodes.Keys.Concat(scenario.Vms.Keys).ToDictionary(name => name, name => $"x.{name}");

        string renamed = Plays.TraceOf(Plays.Passes(Renamed(story, names)));

        Assert.Equal(
            LinesOf(Plays.TraceOf(Plays.Passes(story))),
            LinesOf(Regex.Replace(renamed, @"\bx[.-]", "")));
    }

    [Theory]
    [MemberData(nameof(Stories))]
    public void Renamed_in_another_order_it_has_the_same_result(string story)
    {
        var scenario = Plays.Read(story);
        var names = Mirrored(scenario.Nodes.Keys, "n").Concat(Mirrored(scenario.Vms.Keys, "v")).ToDictionary();

        Assert.Equal(ScenarioVerdict.Passed, Plays.Passes(Renamed(story, names)).Verdict);
    }

    [Theory]
    [MemberData(nameof(Stories))]
    public void With_its_keys_shuffled_and_another_name_title_and_tags_it_is_the_same_trace(string story)
    {
        string[] blocks = [.. TopLevel().Split(story.TrimEnd() + "\n").Where(block => block.Trim().Length > 0)];
        var shuffled = string.Concat(blocks.Reverse()
            .Where(block => !block.StartsWith("name:", StringComparison.Ordinal)
                && !block.StartsWith("title:", StringComparison.Ordinal)
                && !block.StartsWith("tags:", StringComparison.Ordinal)))
            + "name: another\ntitle: another\ntags: [other]\n";
        shuffled = Maps().Replace(shuffled, map => $"{map.Groups[1].Value}\n"
            + string.Concat(map.Groups[2].Value.TrimEnd('\n').Split('\n').Reverse().Select(line => line + "\n")));

        Assert.Equal(
            LinesOf(Plays.TraceOf(Plays.Passes(story))), LinesOf(Plays.TraceOf(Plays.Passes(shuffled))));
    }

    /// <summary>All but the header, which tells the scenario's name.</summary>
    private static string[] LinesOf(string trace) => [.. trace.Split('\n').Skip(1)];

    private static IEnumerable<KeyValuePair<string, string>> Mirrored(IEnumerable<string> names, string prefix)
    {
        string[] all = [.. names];
        return all.Select((name, i) => KeyValuePair.Create(name, $"{prefix}{all.Length - i:00}"));
    }

    private static string Renamed(string story, Dictionary<string, string> names) => names
        .OrderByDescending(pair => pair.Key.Length)
        .Aggregate(story, (text, pair) => Regex.Replace(
            text, $@"(?<![\w.-]){Regex.Escape(pair.Key)}(?![\w.-])", $"\u0001{pair.Value}"))
        .Replace("\u0001", "", StringComparison.Ordinal);

    [GeneratedRegex("^(?=[a-z])", RegexOptions.Multiline)]
    private static partial Regex TopLevel();

    /// <summary>The nodes and VMs that stand one a line.</summary>
    [GeneratedRegex("^((?:nodes|vms):)\n((?:  .*\n)+)", RegexOptions.Multiline)]
    private static partial Regex Maps();
}
