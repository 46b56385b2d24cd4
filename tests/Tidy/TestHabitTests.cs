using System.Text.RegularExpressions;

namespace Havm.Tidy;

/// <summary>Tests wait for conditions, never for time.</summary>
public sealed partial class TestHabitTests
{
    [Fact]
    public void No_test_sleeps() => Findings.AssertNone(
        from source in Sources.All
        where source.File.StartsWith("tests/", StringComparison.Ordinal)
        from line in source.Lines.Index()
        where Sleep().IsMatch(line.Item)
        select $"{source.File}:{line.Index + 1}",
        "a test waits for what it needs, within a bound");

    [GeneratedRegex(@"\bThread\s*\.\s*Sle[e]p\b")]
    private static partial Regex Sleep();
}
