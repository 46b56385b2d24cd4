using System.Text.RegularExpressions;

namespace Havm.Tidy;

/// <summary>What no file of the repository may say, because it holds only on one machine or for one network.</summary>
public sealed partial class TrackedTextTests
{
    private const int LargestText = 1 << 20;

    // Written in pieces, so that this file does not find itself.
    private static readonly string[] RegistryHosts =
    [
        "nuget" + ".org", "npmjs" + ".org", "npmjs" + ".com", "pypi" + ".org", "crates" + ".io", "deb.debian" + ".org",
    ];

    [Fact]
    public void No_file_names_the_host_of_a_package_registry() => Findings.AssertNone(
        from file in Texts()
        from host in RegistryHosts
        where file.Text.Contains(host, StringComparison.OrdinalIgnoreCase)
        select $"{file.Name}: {host}",
        "packages come from wherever the machine is told to get them");

    [Fact]
    public void No_file_names_a_place_on_a_developers_machine() => Findings.AssertNone(
        from file in Texts()
        from Match match in MachinePlace().Matches(file.Text)
        select $"{file.Name}: {match.Value}",
        "nothing depends on one machine's directories");

    [Theory]
    [InlineData("see /wo" + "rk/x", true)]
    [InlineData("cd ..", false)]
    [InlineData("../sha" + "red/a.md", true)]
    [InlineData("src/Adapters/Network/Taps.cs", false)]
    [InlineData("a/wo" + "rk/b", false)]
    public void The_pattern_sees_places_and_nothing_else(string text, bool isPlace) =>
        Assert.Equal(isPlace, MachinePlace().IsMatch(text));

    private static IEnumerable<(string Name, string Text)> Texts() =>
        from file in Repository.Files()
        where new FileInfo(Path.Combine(Repository.Root, file)).Length < LargestText
        let text = Repository.Read(file)
        where !text.Contains('\0')
        select (file, text);

    [GeneratedRegex(@"(?<![\w.])/wo[r]k/|/tmp/w[t]\b|\.\./sha[r]ed|(?<![\w.])/ro[o]t/")]
    private static partial Regex MachinePlace();
}
