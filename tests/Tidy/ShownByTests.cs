using System.Text.RegularExpressions;

namespace Havm.Tidy;

/// <summary>
/// Pages that say what shows a promise name tests and scenarios that exist, and mark what nothing shows.
/// </summary>
public sealed partial class ShownByTests
{
    private static readonly Lazy<HashSet<string>> Known = new(() =>
    [
        .. from source in Sources.All
           where source.File.StartsWith("tests/", StringComparison.Ordinal)
           from type in source.Types()
           from function in source.Functions()
           select $"{type.Name}.{function.Name}",
    ]);

    [Theory]
    [InlineData("docs/pains.md", 21)]
    [InlineData("docs/ladder.md", 27)]
    public void Every_row_names_what_shows_it_or_says_that_it_is_not_built(string page, int rows)
    {
        string[] found = [.. Repository.Lines(page).Where(IsRow)];

        Assert.Equal(rows, found.Length);
        Findings.AssertNone(found.SelectMany(Check), $"{page} names tests and scenarios that exist");
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

    private static IEnumerable<string> Check(string row)
    {
        string[] named = [.. Name().Matches(row).Select(found => found.Groups["name"].Value)];
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
