namespace Havm.Model;

/// <summary>
/// One thing that is wrong with what a person asked for. Parsing, admission, the API and the CLI print it alike, and
/// all errors of a file are told at once.
/// </summary>
/// <param name="Object">"Kind/name"; "document 3" when an object has no readable name; "input" for the whole.</param>
/// <param name="Field">Path below the object, "spec.roles[1].memory"; empty when it is about the object itself.</param>
/// <param name="Reason">What is wrong, with the value that was found and the bound it broke.</param>
/// <param name="Remedy">What to write or do instead.</param>
public sealed record SpecError(string Object, string Field, string Reason, string Remedy)
{
    /// <summary>Line in the input, from 1; null when it did not come from a text.</summary>
    public int? Line { get; init; }

    /// <summary>Column in the line, from 1.</summary>
    public int? Column { get; init; }

    public override string ToString()
    {
        string place = Line is { } line ? $"{line}:{Column ?? 1}: " : "";
        string subject = Field.Length == 0 ? Object : $"{Object} {Field}";
        return $"{place}{subject}: {Reason}; {Remedy}";
    }
}
