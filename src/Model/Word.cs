namespace Havm.Model;

/// <summary>A value of an enum as specs, the API and messages spell it.</summary>
public static class Word
{
    /// <summary>"powerOff" for PowerOff.</summary>
    public static string Of<T>(T value) where T : struct, Enum => Of(value.ToString());

    public static string Of(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
