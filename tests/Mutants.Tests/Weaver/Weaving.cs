using System.Text.RegularExpressions;

namespace Havm.Mutants.Weaver;

/// <summary>
/// Puts mutants into sources: each place asks at run time which mutant is awake; none is, unless told.
/// </summary>
public static class Weaving
{
    /// <summary>The source with all edits of its file in it.</summary>
    /// <exception cref="FormatException">An original does not stand there exactly once.</exception>
    public static string Weave(string path, string source, IEnumerable<(string Mutant, Edit Edit)> edits)
    {
        var places = new List<(int Start, int Length, string Mutant, Edit Edit)>();
        foreach (var (mutant, edit) in edits)
        {
            var found = Pattern(edit.Original).Matches(source);
            if (found.Count != 1)
            {
                throw new FormatException(
                    $"mutant {mutant}: original: stands {found.Count} times in {path}, not once; remedy: write the "
                        + $"expression as it is there now: {edit.Original}");
            }

            places.Add((found[0].Index, found[0].Length, mutant, edit));
        }

        // Mutants of one expression stand inside each other.
        foreach (var place in places.GroupBy(p => (p.Start, p.Length)).OrderByDescending(p => p.Key.Start))
        {
            var (start, length) = place.Key;
            if (places.Any(p => (p.Start, p.Length) != place.Key && p.Start < start + length
                && start < p.Start + p.Length))
            {
                throw new FormatException(
                    $"mutant {place.First().Mutant}: original: overlaps another mutant's in {path}");
            }

            var woven = place.Aggregate(
                source.Substring(start, length), (inner, p) => Choice(p.Mutant, inner, p.Edit));
            source = source[..start] + woven + source[(start + length)..];
        }

        return source;
    }

    /// <summary>
    /// Conditions keep their form, so that what they declare stays declared. Text with a $M in it stands as it is,
    /// where $M is whether the mutant is awake: for what is no expression.
    /// </summary>
    private static string Choice(string mutant, string original, Edit edit) => edit.Broken switch
    {
        var text when text.Contains("$M", StringComparison.Ordinal) => text.Replace("$M", Active(mutant)),
        "false" => $"(!{Active(mutant)} && ({original}))",
        "true" => $"({Active(mutant)} || ({original}))",
        _ => $"({Active(mutant)} ? ({edit.Broken}) : ({original}))",
    };

    private static string Active(string mutant) => $"global::Havm.Mutants.Switch.Is(\"{mutant}\")";

    private static Regex Pattern(string original) => new(
        string.Join(@"\s+", original.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(Regex.Escape)));
}
