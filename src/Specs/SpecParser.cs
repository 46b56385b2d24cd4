using System.Collections.Immutable;
using System.Text;
using Havm.Model;

namespace Havm.Specs;

/// <summary>
/// From text to specs: any number of YAML documents, or JSON. Every error of the whole input is told at once, and an
/// input with one error yields no change; what the cluster alone can know (names of other objects, capacity) is
/// checked later, by admission.
/// </summary>
public static class SpecParser
{
    public const string ApiVersion = "havm/v1";

    /// <summary>In bytes of UTF-8: 1 MiB.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The objects of a text; when there are errors, the objects are those without any.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="sourceName">The input's name in errors about the whole of it: a file name, "input".</param>
    public static (ImmutableArray<SpecObject> Objects, ImmutableArray<SpecError> Errors) Parse(
        string text, string sourceName)
    {
        var problems = new Problems(sourceName);
        var objects = ImmutableArray.CreateBuilder<SpecObject>();
        foreach (ObjectNode node in ObjectNode.ReadAll(text, problems))
        {
            if (node.ReadObject() is { } read)
            {
                objects.Add(read);
            }
        }

        return (objects.ToImmutable(), problems.All());
    }

    /// <summary>Kinds and names alone: the specs may be missing or stale, as a file to delete by may be.</summary>
    public static (ImmutableArray<SpecKey> Keys, ImmutableArray<SpecError> Errors) ParseNames(
        string text, string sourceName)
    {
        var problems = new Problems(sourceName);
        ImmutableArray<SpecKey> keys =
        [
            .. ObjectNode.ReadAll(text, problems)
                .Select(node => node.ReadKey())
                .OfType<SpecKey>(),
        ];
        return (keys, problems.All());
    }

    /// <summary>The input as far as it can be refused unread; null when it can be read.</summary>
    internal static (TextPlace? Place, string Reason, string Remedy)? RefuseWhole(string text)
    {
        if (text.Length > MaxBytes || Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            return (null, "is larger than 1 MiB", "split it into several files");
        }

        int control = text.AsSpan().IndexOfAny(SpecCharacters.Unwanted);
        if (control < 0)
        {
            return null;
        }

        ReadOnlySpan<char> before = text.AsSpan(0, control);
        var place = new TextPlace(before.Count('\n') + 1, control - before.LastIndexOf('\n'));
        string reason = $"holds the control character U+{(int)text[control]:X4}";
        return (place, reason, "is it a text file? remove the character");
    }
}
