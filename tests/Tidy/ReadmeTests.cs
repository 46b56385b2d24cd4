using System.Text.RegularExpressions;

namespace Havm.Tidy;

/// <summary>A newcomer finds where something is decided in ten seconds, as long as the table is true.</summary>
public sealed partial class ReadmeTests
{
    private const string Heading = "## Where is it decided?";

    [Fact]
    public void The_table_of_decisions_names_files_that_exist()
    {
        string[] lines = Repository.Lines("README.md");
        int heading = Array.IndexOf(lines, Heading);
        Assert.True(heading >= 0, $"README.md has no heading '{Heading}': the table question -> file belongs there");
        string[] rows = [.. lines.Skip(heading + 1)
            .TakeWhile(line => !line.StartsWith('#'))
            .Where(line => line.StartsWith('|'))
            .Skip(2)];

        Assert.True(rows.Length > 0, $"README.md has no table below '{Heading}'");
        Findings.AssertNone(rows.SelectMany(Check), "the table names files that exist");
    }

    private static IEnumerable<string> Check(string row)
    {
        MatchCollection files = SourceFile().Matches(row);
        if (files.Count == 0)
        {
            yield return $"no file in: {row}";
        }

        foreach (Match file in files)
        {
            if (!Repository.Exists(file.Value))
            {
                yield return $"{file.Value} does not exist: {row}";
            }
        }
    }

    [GeneratedRegex(@"[\w./-]+\.cs\b")]
    private static partial Regex SourceFile();
}
