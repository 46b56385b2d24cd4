namespace Havm.Model;

/// <summary>Numbers with their nouns, as a person would write them.</summary>
public static class Count
{
    /// <summary>"1 instance", "2 instances".</summary>
    public static string Of(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
