namespace Havm.Tidy;

public sealed class ProjectGraphTests
{
    private static readonly IReadOnlyList<Project> Projects = ProjectGraph.Read();
    private static readonly string[] BrainSuffixes = ["Decider", "Guard", "Filter", "Score"];

    [Fact]
    public void Every_project_stands_on_a_floor_and_is_in_the_solution()
    {
        string solution = Repository.Read("Havm.slnx");
        IEnumerable<string> homeless = Projects
            .Where(project => ProjectGraph.Floor(project) is null)
            .Select(project => $"{project.File}: no floor; give it one in tests/Tidy/ProjectGraph.cs and DESIGN");
        IEnumerable<string> unlisted = Repository.Files(".csproj")
            .Where(file => !solution.Contains($"\"{file}\"", StringComparison.Ordinal))
            .Select(file => $"{file}: not in Havm.slnx");

        Assert.NotEmpty(Projects);
        Findings.AssertNone(homeless.Concat(unlisted), "projects have a place");
    }

    [Fact]
    public void A_project_uses_only_floors_below_it()
    {
        Dictionary<string, int?> floors = Projects.ToDictionary(project => project.Name, ProjectGraph.Floor);
        IEnumerable<string> upward =
            from project in Projects
            from used in project.Projects
            where !(floors[used] < floors[project.Name]) && !ProjectGraph.Listed.ContainsKey((project.Name, used))
            select $"{project.Name} (floor {floors[project.Name]}) uses {used} (floor {floors[used]})";

        Findings.AssertNone(upward, "only floors below");
    }

    [Theory]
    [InlineData("Model")]
    [InlineData("Core", "Model")]
    [InlineData("Diagnosis", "Model")]
    [InlineData("Wire", "Model")]
    [InlineData("Guest", "Wire")]
    [InlineData("GuestAgent", "Guest", "Model", "Wire")]
    public void The_small_ones_stay_small(string name, params string[] allowed)
    {
        Project? project = Projects.SingleOrDefault(project => project.Name == name);

        Assert.All(project?.Projects ?? [], used => Assert.Contains(used, allowed));
        Assert.Empty(project?.Packages ?? []);
    }

    [Fact]
    public void Every_listed_pair_of_one_floor_is_really_used()
    {
        IEnumerable<string> stale = ProjectGraph.Listed.Keys
            .Where(pair => Projects.SingleOrDefault(p => p.Name == pair.From)?.Projects.Contains(pair.To) != true)
            .Select(pair => $"{pair.From} -> {pair.To}");

        Findings.AssertNone(stale, "listed exceptions are used");
    }

    [Fact]
    public void The_simulator_holds_worlds_and_no_decisions()
    {
        IEnumerable<string> brains = Sources.All
            .Where(source => source.File.StartsWith("src/Simulator/", StringComparison.Ordinal))
            .SelectMany(source => source.Types())
            .Where(type => BrainSuffixes.Any(suffix => type.Name.EndsWith(suffix, StringComparison.Ordinal)))
            .Select(type => $"{type.File}: {type.Name}");

        Findings.AssertNone(brains, "decisions live in Core alone");
    }

    [Fact]
    public void The_simulator_makes_no_proposal_and_ranks_no_node_by_itself()
    {
        string[] words = ["new Proposal(", "PlacementDecider", "PlacementView", ": IGuard", ": IFilter", ": IScore"];
        IEnumerable<string> found =
            from source in Sources.All
            where source.File.StartsWith("src/Simulator/", StringComparison.Ordinal)
            from line in source.Lines.Index()
            from word in words
            where line.Item.Contains(word, StringComparison.Ordinal)
            select $"{source.File}:{line.Index + 1}: {word}";

        Findings.AssertNone(found, "the simulator carries out what Core decides");
    }

    [Fact]
    public void Nobody_looks_at_a_scenario_s_name_title_or_tags()
    {
        IEnumerable<string> looks =
            from source in Sources.All
            where source.File.StartsWith("src/Simulator/", StringComparison.Ordinal)
            from line in source.Lines.Index()
            where line.Item.Contains("cenario.Name", StringComparison.Ordinal)
                || line.Item.Contains("cenario.Title", StringComparison.Ordinal)
                || line.Item.Contains("cenario.Tags", StringComparison.Ordinal)
            where !line.Item.Contains("new TraceHeader(scenario.Name", StringComparison.Ordinal)
            select $"{source.File}:{line.Index + 1}";

        Findings.AssertNone(looks, "a scenario is played by what it says, not by what it is called");
    }
}
