namespace Havm.Fencing;

/// <summary>What a program said, cut down to a sentence.</summary>
internal static class Words
{
    private const int Longest = 200;

    /// <summary>The last line that says something; a plain remark when none does.</summary>
    public static string Last(string text) =>
        text.Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.Length > 0) is { } last
            ? Cut(last)
            : "it said nothing";

    public static string Cut(string line) => line.Length > Longest ? line[..Longest] : line;
}
