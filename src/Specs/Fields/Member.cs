using System.Text.Json.Nodes;

namespace Havm.Specs;

/// <summary>One field of an object of type <typeparamref name="TOwner"/>.</summary>
internal abstract record Member<TOwner>(string Name, string Summary, bool Required) : IMember
{
    public abstract IFieldType Type { get; }

    public abstract JsonNode? Default { get; }

    public abstract bool Read(MapNode map, FieldPath at, Values into);

    public abstract void Write(TOwner owner, JsonObject into);

    // Members are compared by identity: two fields may look alike and are still two.
    public virtual bool Equals(Member<TOwner>? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <inheritdoc/>
/// <param name="FieldType">What may stand in it.</param>
/// <param name="Of">The field's value in a finished object.</param>
/// <param name="Preset">What holds when it is left out; null for required fields and where absence means null.</param>
internal sealed record Member<TOwner, TValue>(
    string Name, IFieldType<TValue> FieldType, Func<TOwner, TValue?> Of, string Summary, bool Required, TValue? Preset)
    : Member<TOwner>(Name, Summary, Required)
{
    public override IFieldType Type => FieldType;

    public override JsonNode? Default => Required || Preset is null ? null : FieldType.Write(Preset);

    public override bool Read(MapNode map, FieldPath at, Values into)
    {
        if (map.Find(Name) is { } entry)
        {
            FieldPath field = at.Field(Name);
            if (entry.Value is ScalarNode { IsNothing: true } && !(FieldType is Shape<TValue>))
            {
                field.Refuse(entry.Value.Place, "has no value", Remedy);
                return false;
            }

            bool good = FieldType.Read(entry.Value, field, out TValue value);
            if (good)
            {
                into.Set(this, value);
            }

            return good;
        }

        if (Required)
        {
            at.Field(Name).Refuse(map.Place, "is missing", $"add \"{Name}:\" ({FieldType.Words.Replace("`", "")})");
            return false;
        }

        into.Set(this, Preset);
        return true;
    }

    public override void Write(TOwner owner, JsonObject into)
    {
        if (Of(owner) is not { } value)
        {
            // Null is the preset of fields whose absence means "none"; any other null has a word of its own.
            if (Preset is not null)
            {
                into[Name] = FieldType.Write(default!);
            }

            return;
        }

        JsonNode written = FieldType.Write(value);
        if (Required || Preset is null || !JsonNode.DeepEquals(written, FieldType.Write(Preset)))
        {
            into[Name] = written;
        }
    }

    public bool Equals(Member<TOwner, TValue>? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => base.GetHashCode();

    private string Remedy =>
        Required ? $"write a value ({FieldType.Words.Replace("`", "")})" : "write a value or remove the line";
}

/// <summary>Makes members with fewer words.</summary>
internal static class Member
{
    public static Member<TOwner, TValue> Required<TOwner, TValue>(
        string name, IFieldType<TValue> type, Func<TOwner, TValue> of, string summary) =>
        new(name, type, of, summary, true, default);

    public static Member<TOwner, TValue> Optional<TOwner, TValue>(
        string name, IFieldType<TValue> type, TValue preset, Func<TOwner, TValue> of, string summary) =>
        new(name, type, of, summary, false, preset);

    /// <summary>Absence means null.</summary>
    public static Member<TOwner, TValue> Maybe<TOwner, TValue>(
        string name, IFieldType<TValue> type, Func<TOwner, TValue?> of, string summary) where TValue : class =>
        new(name, type, of, summary, false, null);
}
