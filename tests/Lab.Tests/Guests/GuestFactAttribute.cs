using System.Runtime.CompilerServices;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Guests;

/// <summary>
/// A test with real guests: needs root, and the guest image that `./test` builds and names in HAVM_GUEST_IMAGE.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GuestFactAttribute : FactAttribute
{
    public GuestFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = GuestImage.Missing;
}

/// <summary>The same for a test with rows.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GuestTheoryAttribute : TheoryAttribute
{
    public GuestTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = GuestImage.Missing;
}

internal static class GuestImage
{
    private const string Variable = "HAVM_GUEST_IMAGE";

    public static string? Directory =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } directory ? directory : null;

    /// <summary>What is missing for a guest to run, or null.</summary>
    public static string? Missing =>
        !Machine.IsRoot ? "needs root: makes namespaces, mounts and cgroups"
        : Directory is null ? $"needs a guest image: run ./test, or lab/guest/build DIR and {Variable}=DIR"
        : null;
}
