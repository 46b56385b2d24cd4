using System.Text.RegularExpressions;

namespace Havm.Tidy;

/// <summary>
/// Pages that say what shows a promise name tests and scenarios that exist, and mark what nothing shows.
/// </summary>
public sealed partial class ShownByTests
{
    private const string NoLabTest = "no lab test: ";
    private const string NoScenario = "no scenario: ";

    private static readonly Lazy<HashSet<string>> Known = new(() => TestsBelow("tests/"));

    /// <summary>What is shown with real processes.</summary>
    private static readonly Lazy<HashSet<string>> InTheLab = new(() => TestsBelow("tests/Lab.Tests/"));

    [Theory]
    [InlineData("docs/pains.md", 21)]
    [InlineData("docs/ladder.md", 28)]
    public void Every_row_names_what_shows_it_or_says_that_it_is_not_built(string page, int rows)
    {
        string[] found = [.. Repository.Lines(page).Where(IsRow)];

        Assert.Equal(rows, found.Length);
        Findings.AssertNone(found.SelectMany(Check), $"{page} names tests and scenarios that exist");
    }

    [Fact]
    public void Every_row_of_the_ladder_is_shown_in_the_lab_and_by_a_scenario_or_says_why_not() =>
        Findings.AssertNone(
            Repository.Lines("docs/ladder.md").Where(IsRow).SelectMany(CheckBothWays),
            "docs/ladder.md names a test of tests/Lab.Tests and a scenario in each row");

    [Fact]
    public void A_row_that_is_shown_in_one_way_alone_would_be_found()
    {
        const string lab = "`PromiseTests.EveryPromiseOfTheDemoIsKept`";
        const string scenario = "`scenarios/faults/machine-dies.yaml`";

        Assert.Equal(2, CheckBothWays("| 1 | x | `GuardStories.One_whole_rack_of_three_is_judged` |").Count());
        Assert.Single(CheckBothWays($"| 1 | x | {lab} |"));
        Assert.Single(CheckBothWays($"| 1 | x | {scenario}; no lab test: |"));
        Assert.Empty(CheckBothWays($"| 1 | x | {lab}, {scenario} |"));
        Assert.Empty(CheckBothWays($"| 1 | x | {scenario}; no lab test: nothing there makes it fail |"));

        // An excuse that is none any more.
        Assert.Single(CheckBothWays($"| 1 | x | {lab}, {scenario}; no lab test: nothing there makes it fail |"));
    }

    [Fact]
    public void A_name_that_is_none_would_be_found()
    {
        Assert.Equal(2, Check("| 1 | x | `GuardStories.No_such_story`, `scenarios/faults/none.yaml` |").Count());
        Assert.Single(Check("| 1 | x | nothing |"));
        Assert.Empty(Check($"| 1 | x | `ShownByTests.{nameof(A_name_that_is_none_would_be_found)}` |"));
    }

    /// <summary>Of a table, and neither its head nor the line below that.</summary>
    private static bool IsRow(string line) =>
        line.StartsWith('|') && !line.StartsWith("|---", StringComparison.Ordinal)
        && !line.EndsWith("| shown by |", StringComparison.Ordinal);

    private static HashSet<string> TestsBelow(string folder) =>
    [
        .. from source in Sources.All
           where source.File.StartsWith(folder, StringComparison.Ordinal)
           from type in source.Types()
           from function in source.Functions()
           select $"{type.Name}.{function.Name}",
    ];

    private static IEnumerable<string> CheckBothWays(string row)
    {
        string[] named = Named(row);
        bool scenario = named.Any(name => name.EndsWith(".yaml", StringComparison.Ordinal));
        return
        [
            .. Check(row, named.Any(InTheLab.Value.Contains), "a test of tests/Lab.Tests", NoLabTest),
            .. Check(row, scenario, "a scenario", NoScenario),
        ];
    }

    private static IEnumerable<string> Check(string row, bool shown, string what, string excuse)
    {
        int at = row.IndexOf(excuse, StringComparison.Ordinal);
        bool excused = at >= 0 && row[(at + excuse.Length)..].Split(';', '|')[0].Trim().Length > 10;
        if (shown == excused)
        {
            yield return shown
                ? $"names {what} and says \"{excuse.Trim()}\": {row}"
                : $"names not {what}, and gives no reason after \"{excuse.Trim()}\": {row}";
        }
    }

    private static string[] Named(string row) => [.. Name().Matches(row).Select(found => found.Groups["name"].Value)];

    private static IEnumerable<string> Check(string row)
    {
        string[] named = Named(row);
        if (named.Length == 0 && !row.Contains("not built yet", StringComparison.Ordinal))
        {
            yield return $"neither shown nor marked: {row}";
        }

        foreach (string name in named)
        {
            bool exists = name.EndsWith(".yaml", StringComparison.Ordinal)
                ? Repository.Exists(name) : Known.Value.Contains(name);
            if (!exists)
            {
                yield return $"{name} does not exist";
            }
        }
    }

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z]+\\.[A-Z]\\w+|[a-z/]+/[\\w/.-]+\\.yaml)`")]
    private static partial Regex Name();
}
