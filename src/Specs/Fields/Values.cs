namespace Havm.Specs;

/// <summary>The fields of one object as they were read, and where each stood.</summary>
internal sealed class Values(MapNode map, FieldPath at)
{
    private readonly Dictionary<IMember, object?> read = [];

    /// <summary>True once a check over several fields has found something.</summary>
    public bool Refused { get; private set; }

    public void Set(IMember member, object? value) => read[member] = value;

    /// <summary>The field's value, or its default; only asked for when all fields were read.</summary>
    public TValue Get<TOwner, TValue>(Member<TOwner, TValue> member) => (TValue)read[member]!;

    /// <summary>True when the field was written out.</summary>
    public bool Has(string field) => map.Find(field) is not null;

    /// <summary>Refuses one field in the light of the others.</summary>
    public void Refuse(string field, string reason, string remedy)
    {
        Refused = true;
        at.Field(field).Refuse(map.Find(field)?.Value.Place ?? map.Place, reason, remedy);
    }
}
