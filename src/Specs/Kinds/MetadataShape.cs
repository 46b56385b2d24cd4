using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Specs;

/// <summary>Name and labels, alike for every kind.</summary>
internal static class MetadataShape
{
    private static readonly TextType LabelKey = new(
        "label key", 63, "^[A-Za-z0-9]([A-Za-z0-9_./-]*[A-Za-z0-9])?$",
        "letters, digits and _ . / -, beginning and ending with a letter or digit");

    private static readonly TextType LabelValue = new("text", 63, null, "at most 63 characters");

    public static readonly Member<Metadata, string> Name = Member.Required<Metadata, string>(
        "name", TextType.Name, m => m.Name, "Unique among the objects of its kind.");

    private static readonly Member<Metadata, ImmutableSortedDictionary<string, string>> Labels = Member.Optional(
        "labels", new TextMapType(LabelKey, LabelValue, 32), ImmutableSortedDictionary<string, string>.Empty,
        (Metadata m) => m.Labels, "Words of your own, to find and to group objects by.");

    private static readonly Member<Metadata, string> Revision = Member.Maybe<Metadata, string>(
        "revision", IgnoredType.Instance, _ => null, "Grows with every change of the spec.");

    public static readonly Shape<Metadata> Shape = new(
        [Name, Labels, Revision], v => new Metadata { Name = v.Get(Name), Labels = v.Get(Labels) });
}
