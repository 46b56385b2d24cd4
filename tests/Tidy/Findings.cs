namespace Havm.Tidy;

/// <summary>Collects every violation of one rule, so that a run names them all.</summary>
internal static class Findings
{
    private const int Shown = 100;

    public static void AssertNone(IEnumerable<string> findings, string rule)
    {
        string[] all = [.. findings];
        string shown = string.Join('\n', all.Take(Shown));
        Assert.True(all.Length == 0, $"{rule}: {all.Length} violations\n{shown}");
    }
}
