using System.Text.Json;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>Compares specs by value: their immutable arrays compare by reference on their own.</summary>
internal static class SpecText
{
    public static bool Same(SpecObject a, SpecObject b) =>
        Text(a) == Text(b);

    private static string Text(SpecObject item) =>
        JsonSerializer.Serialize(item with { Revision = 0 }, SpecJson.Default.SpecObject);
}
