using System.Text.RegularExpressions;

namespace Havm.Mutants.Weaver;

/// <summary>One place that a mutant breaks.</summary>
/// <param name="Source">The file, from the repository's root.</param>
/// <param name="Original">An expression as it stands there, once; white space counts as one blank.</param>
/// <param name="Broken">The expression in its place.</param>
public sealed record Edit(string Source, string Original, string Broken);

/// <summary>
/// A rule of SAFETY.md, broken: written as "key: value" lines. What it breaks is source, original and broken, which may
/// stand several times, because a rule may be kept at several places.
/// </summary>
public sealed partial record MutantFile
{
    public required string Name { get; init; }

    /// <summary>Section and rule of SAFETY.md.</summary>
    public required string Rule { get; init; }

    /// <summary>The one that must catch it.</summary>
    public required string Checker { get; init; }

    /// <summary>Verbs that are drawn, with commas between; empty: all.</summary>
    public required string Faults { get; init; }

    /// <summary>
    /// A scenario that shows it, from the repository's root, where random lives take long to, or cannot; null: they do.
    /// </summary>
    public required string? Scenario { get; init; }

    /// <summary>The first seed that is lived.</summary>
    public required int From { get; init; }

    /// <summary>Seeds among which one must show it; of a scenario 1.</summary>
    public required int Seeds { get; init; }

    /// <summary>Nodes of each cluster; null: drawn.</summary>
    public required int? Nodes { get; init; }

    public required IReadOnlyList<Edit> Edits { get; init; }

    /// <exception cref="FormatException">A line or a key is not understood, or one is missing.</exception>
    public static MutantFile Parse(string name, string text)
    {
        var keys = new Dictionary<string, string>();
        var edits = new List<Edit>();
        string? source = null;
        string? original = null;
        foreach (var line in text.Split('\n').Where(line => line.Trim().Length > 0 && line[0] != '#'))
        {
            if (Line().Match(line) is not { Success: true } match)
            {
                throw new FormatException($"{name}: \"{line}\" is no \"key: value\"");
            }

            var (key, value) = (match.Groups[1].Value, match.Groups[2].Value.Trim());
            switch (key)
            {
                case "source":
                    source = value;
                    break;
                case "original":
                    original = value;
                    break;
                case "broken":
                    edits.Add(new Edit(source ?? throw Missing(name, "source"),
                        original ?? throw Missing(name, "original"), value));
                    break;
                default:
                    keys[key] = value;
                    break;
            }
        }

        string[] known = ["rule", "checker", "faults", "from", "seeds", "nodes", "scenario"];
        var scenario = keys.GetValueOrDefault("scenario");
        return keys.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown
            ? throw new FormatException($"{name}: {unknown}: is not known")
            : new MutantFile
            {
                Name = name,
                Rule = keys.GetValueOrDefault("rule") ?? throw Missing(name, "rule"),
                Checker = keys.GetValueOrDefault("checker") ?? throw Missing(name, "checker"),
                Faults = keys.GetValueOrDefault("faults", ""),
                Scenario = scenario,
                From = int.Parse(keys.GetValueOrDefault("from", "1")),
                Seeds = scenario is not null
                    ? 1
                    : int.Parse(keys.GetValueOrDefault("seeds") ?? throw Missing(name, "seeds")),
                Nodes = keys.TryGetValue("nodes", out var nodes) ? int.Parse(nodes) : null,
                Edits = edits.Count > 0 ? edits : throw Missing(name, "broken"),
            };
    }

    private static FormatException Missing(string name, string key) => new($"{name}: {key}: is missing");

    [GeneratedRegex(@"^([a-z]+):(.*)$")]
    private static partial Regex Line();
}
