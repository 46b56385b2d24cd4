namespace Havm.Specs;

/// <summary>The fields of one object that could be read, and where each stood.</summary>
internal sealed class Values(MapNode map, FieldPath at)
{
    private readonly Dictionary<IMember, object?> read = [];
    private Rule? asking;

    /// <summary>True once a rule over several fields has found something.</summary>
    public bool Refused { get; private set; }

    public void Set(IMember member, object? value) => read[member] = value;

    /// <summary>
    /// The field's value, or its default; only asked for when all fields were read, or by a rule that names it.
    /// </summary>
    public TValue Get<TOwner, TValue>(Member<TOwner, TValue> member) =>
        asking is null || asking.Fields.Contains(member)
            ? (TValue)read[member]!
            : throw new InvalidOperationException($"a rule looks at {member.Name} and does not name it");

    /// <summary>Asks a rule, if all that it looks at was read.</summary>
    public void Ask(Rule rule)
    {
        if (rule.Fields.All(read.ContainsKey))
        {
            asking = rule;
            rule.Check(this);
            asking = null;
        }
    }

    /// <summary>True when the field was written out.</summary>
    public bool Has(string field) => map.Find(field) is not null;

    /// <summary>Refuses one field in the light of the others.</summary>
    public void Refuse(string field, string reason, string remedy)
    {
        Refused = true;
        at.Field(field).Refuse(map.Find(field)?.Value.Place ?? map.Place, reason, remedy);
    }
}
