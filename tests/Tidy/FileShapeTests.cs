namespace Havm.Tidy;

/// <summary>Sizes. What grows past them holds more than one idea.</summary>
public sealed class FileShapeTests
{
    private const int FileLines = 400;
    private const int FunctionLines = 70;
    private const int Columns = 120;

    [Fact]
    public void Files_stay_short() => Findings.AssertNone(
        from source in Sources.All
        where source.Lines.Length > FileLines
        select $"{source.File}: {source.Lines.Length} lines",
        $"a file has at most {FileLines} lines");

    [Fact]
    public void Functions_stay_short() => Findings.AssertNone(
        from source in Sources.All
        from function in source.Functions()
        where function.Length > FunctionLines
        select $"{source.File}:{function.Line}: {function.Name} has {function.Length} lines",
        $"a function has at most {FunctionLines} lines");

    [Fact]
    public void Lines_fit_the_page() => Findings.AssertNone(
        from source in Sources.All
        from line in source.Lines.Index()
        where line.Item.EnumerateRunes().Count() > Columns
        select $"{source.File}:{line.Index + 1}: {line.Item.EnumerateRunes().Count()} columns",
        $"a line has at most {Columns} columns");

    [Fact]
    public void Functions_are_really_seen()
    {
        Source self = Sources.All.Single(source => source.File == "tests/Tidy/Sources.cs");

        (string Name, int Line, int Length) function = self.Functions().Single(found => found.Name == "Functions");

        Assert.InRange(function.Length, 15, FunctionLines);
        Assert.Contains("Functions()", self.Lines[function.Line - 1], StringComparison.Ordinal);
    }
}
