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
    public override string Words => "a mapping";

    public MapEntry? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key);
}

/// <summary>One "key: value"; a repeated key keeps its first value and was reported.</summary>
internal sealed record MapEntry(string Key, TextPlace Place, DataNode Value);
