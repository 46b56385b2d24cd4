using System.Runtime.CompilerServices;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Ground;

/// <summary>A test that makes namespaces, mounts and cgroups: skipped by name where we are not root.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = Machine.IsRoot ? null : "needs root: makes namespaces, mounts and cgroups";
}

/// <summary>The same for a test with rows.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = Machine.IsRoot ? null : "needs root: makes namespaces, mounts and cgroups";
}
