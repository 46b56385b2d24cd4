using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.RegularExpressions;
using Havm.Mutants.Weaver;

namespace Havm.Mutants.Tests;

/// <summary>
/// Each rule of SAFETY, broken, is caught by the checker that is named for it; the rule as it is breaks none on the
/// same seeds.
/// </summary>
public sealed partial class MutantTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. MutantRuns.All.Select(mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_mutant_is_caught_by_its_named_checker_and_the_rule_as_it_is_by_none(string name)
    {
        var mutant = MutantRuns.All.Single(m => m.Name == name);

        var (seed, failure, asleep) = MutantRuns.Of(mutant);
        output.WriteLine($"{name}: seed {seed}: {failure}");
        Assert.True(seed is not null, $"{mutant.Checker} has not caught it; others: {failure}");
        Assert.Empty(asleep);
    }

    [Fact]
    public void There_are_twenty_mutants_or_more_and_every_checker_of_safety_has_one()
    {
        Assert.True(MutantRuns.All.Length >= 20);
        Assert.Equal(
            [
                "AdmittedIsNeverForgotten", "BudgetHolds", "ControllerOutageHarmsNothing", "DisarmedStandsStill",
                "EmptiedIsBounded", "EventuallySettled", "GhostsAreLaid", "HardRulesHold", "HealthyLeftAlone",
                "IncidentsExplained", "LongLeaseHolds", "NoFenceWithoutCause", "NoInstanceRunsTwice",
                "NoSeatOnAnIllNode", "NoStartOnALostNode", "NoStartWithoutProof", "ObservedRulesStandStill",
                "OneLeaderAtATime", "OneOfASetAtATime", "RestartsAreBounded", "StartsInOrder",
            ],
            MutantRuns.All.Select(mutant => mutant.Checker).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_rules_of_safety_are_listed_with_the_mutants_there_are()
    {
        var rules = File.ReadAllText(Path.Combine(Golden.Repository(), "docs/reference/rules.md"));

        Assert.Equal(
            MutantRuns.All.Select(mutant => mutant.Name),
            Name().Matches(rules).Select(name => name.Groups[1].Value).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_in_the_reference_is_what_the_mutants_say()
    {
        var page = new StringBuilder(
            """
            # Mutants

            Rules of SAFETY, each broken in a second build of the code (tests/Mutants.Tests), and the checker that
            catches it among the seeds of `havm explore --faults FAULTS`. Production sources hold no switch: the build
            of the tests copies them, puts each mutant in, and fails when the code it names is not there exactly once.
            Made by a test; rewritten with HAVM_GOLDEN=write.

            | rule | mutant | checker | shown by | caught by |
            |---|---|---|---|---|

            """);
        foreach (var mutant in MutantRuns.All)
        {
            var faults = mutant.Faults.Length > 0 ? mutant.Faults.Replace(",", ", ", StringComparison.Ordinal) : "all";
            var (shown, caught) = mutant.Scenario is { } path
                ? ($"scenario {Path.GetFileNameWithoutExtension(path)}", "it")
                : ($"{faults}, seeds {mutant.From} to {mutant.From + mutant.Seeds - 1}"
                    + (mutant.Nodes is { } nodes ? $", {nodes} nodes" : ""), $"seed {MutantRuns.Of(mutant).Seed}");
            page.AppendLine($"| {mutant.Rule} | {mutant.Name} | {mutant.Checker} | {shown} | {caught} |");
        }

        Golden.Matches("docs/reference/mutants.md", page.ToString());
    }

    [Fact]
    public void What_is_shipped_holds_no_mutant()
    {
        var bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../.."));
        foreach (var name in (string[])["Core", "Simulator"])
        {
            Assert.False(RefersToSwitch(Path.Combine(bin, name, "release", $"Havm.{name}.dll")));
            Assert.True(RefersToSwitch(Path.Combine(AppContext.BaseDirectory, $"Havm.{name}.dll")));
        }

        Assert.Equal(
            Path.Combine(AppContext.BaseDirectory, "Havm.Core.dll"), typeof(Core.Controller).Assembly.Location);
    }

    [Fact]
    public void A_mutant_whose_code_is_not_there_once_fails_the_build_with_its_name()
    {
        var edit = new Edit("a.cs", "x > 1", "true");

        var none = Assert.Throws<FormatException>(() => Weaving.Weave("a.cs", "return y;", [("hasty", edit)]));
        Assert.StartsWith("mutant hasty: original: stands 0 times in a.cs, not once", none.Message);
        var twice = Assert.Throws<FormatException>(
            () => Weaving.Weave("a.cs", "return x > 1 || x >\n 1;", [("hasty", edit)]));
        Assert.StartsWith("mutant hasty: original: stands 2 times", twice.Message);
    }

    [Fact]
    public void White_space_may_differ_and_two_mutants_may_share_a_place()
    {
        string woven = Weaving.Weave("a.cs", "return x\n    > 1;",
            [("one", new Edit("a.cs", "x > 1", "false")), ("two", new Edit("a.cs", "x > 1", "x > 2"))]);

        Assert.Equal(
            "return (global::Havm.Mutants.Switch.Is(\"two\") ? (x > 2) : "
                + "((!global::Havm.Mutants.Switch.Is(\"one\") && (x\n    > 1))));",
            woven);
    }

    [GeneratedRegex("`([a-z]+(?:-[a-z]+)+)`")]
    private static partial Regex Name();

    private static bool RefersToSwitch(string path)
    {
        Assert.True(File.Exists(path), $"{path} is not built");
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        return metadata.AssemblyReferences
            .Any(r => metadata.GetString(metadata.GetAssemblyReference(r).Name) == "Havm.Switch");
    }
}
