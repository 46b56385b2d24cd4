namespace Havm.Mutants;

/// <summary>Which mutant this thread lives with; none unless a test says so. Only woven builds know of it.</summary>
public static class Switch
{
    [ThreadStatic]
    private static string? _active;

    public static void Set(string? mutant) => _active = mutant;

    public static bool Is(string mutant) => _active is { } active && active == mutant;
}
