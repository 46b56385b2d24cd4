using System.Collections.Immutable;

namespace Havm.Specs;

/// <summary>A place in the input, both from 1.</summary>
public readonly record struct TextPlace(int Line, int Column);

/// <summary>A piece of the document as it was written, before anything is known about what it should be.</summary>
internal abstract record DataNode(TextPlace Place)
{
    /// <summary>What a person calls it in an error.</summary>
    public abstract string Words { get; }
}

/// <summary>Text, number or flag: only its field's type says which.</summary>
/// <param name="Quoted">Written in quotes or as a block: certainly meant as text.</param>
internal sealed record ScalarNode(TextPlace Place, string Text, bool Quoted) : DataNode(Place)
{
    private const int ShownLength = 60;

    public bool IsNothing => !Quoted && Text is "" or "~" or "null";

    /// <summary>The value as shown in an error: bounded and on one line.</summary>
    public string Shown
    {
        get
        {
            string text = Text.Length <= ShownLength ? Text : Text[..ShownLength] + "...";
            return new string([.. text.Select(static c => char.IsControl(c) ? ' ' : c)]);
        }
    }

    public override string Words => IsNothing ? "nothing" : Quoted ? $"the text \"{Shown}\"" : $"\"{Shown}\"";
}

internal sealed record ListNode(TextPlace Place, ImmutableArray<DataNode> Items) : DataNode(Place)
{
    public override string Words => "a list";
}

internal sealed record MapNode(TextPlace Place, ImmutableArray<MapEntry> Entries) : DataNode(Place)
{
    /// <summary>Keys that stood before already; whoever knows the object's name refuses them.</summary>
    public ImmutableArray<MapEntry> Repeated { get; init; } = [];

    public override string Words => "a mapping";

    public MapEntry? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key);

    /// <summary>True when no key stands twice.</summary>
    public bool RefuseRepeated(FieldPath at)
    {
        foreach (MapEntry twin in Repeated)
        {
            string shown = new ScalarNode(twin.Place, twin.Key, false).Shown;
            string reason = $"the key \"{shown}\" stands twice, first in line {Find(twin.Key)!.Place.Line}";
            at.Field(shown).Refuse(twin.Place, reason, "keep one of them");
        }

        return Repeated.IsEmpty;
    }

    /// <summary>Refuses every key that is none of the known.</summary>
    public bool RefuseUnknown(FieldPath at, IReadOnlyCollection<string> known)
    {
        bool good = true;
        foreach (MapEntry entry in Entries.Where(entry => !known.Contains(entry.Key)))
        {
            string shown = new ScalarNode(entry.Place, entry.Key, false).Shown;
            at.Field(shown).Refuse(
                entry.Place, $"the key \"{shown}\" is not known here", NearestWord.Remedy(entry.Key, known));
            good = false;
        }

        return good;
    }
}

/// <summary>One "key: value".</summary>
internal sealed record MapEntry(string Key, TextPlace Place, DataNode Value);
