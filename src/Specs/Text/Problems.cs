using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Specs;

/// <summary>Gathers every error of one input.</summary>
internal sealed class Problems(string source)
{
    /// <summary>More would not be read by anybody; the count of the rest is told.</summary>
    public const int Limit = 100;

    private readonly List<SpecError> errors = [];

    public int Count => errors.Count;

    /// <summary>The input's name, for errors about the whole of it.</summary>
    public string Source => source;

    public void Add(string subject, string field, TextPlace? place, string reason, string remedy) =>
        errors.Add(new SpecError(subject, field, reason, remedy) { Line = place?.Line, Column = place?.Column });

    /// <summary>In the order of the input, each once.</summary>
    public ImmutableArray<SpecError> All()
    {
        SpecError[] sorted = [.. errors.Distinct().OrderBy(e => e.Line ?? 0).ThenBy(e => e.Column ?? 0)];
        if (sorted.Length <= Limit)
        {
            return [.. sorted];
        }

        string rest = $"{sorted.Length - Limit} more errors are not shown";
        return [.. sorted.Take(Limit), new SpecError(source, "", rest, "mend those above and try again")];
    }
}

/// <summary>Where in an object the reader stands, and where it puts what it finds wrong there.</summary>
internal sealed record FieldPath(Problems Problems, string Object, string Path)
{
    public FieldPath Field(string name) => this with { Path = Path.Length == 0 ? name : $"{Path}.{name}" };

    public FieldPath Item(int index) => this with { Path = $"{Path}[{index}]" };

    public void Refuse(TextPlace? place, string reason, string remedy) =>
        Problems.Add(Object, Path, place, reason, remedy);

    /// <summary>Refuses and answers false, so that a reader can return it.</summary>
    public bool No<T>(DataNode node, string reason, string remedy, out T value)
    {
        Refuse(node.Place, reason, remedy);
        value = default!;
        return false;
    }
}
