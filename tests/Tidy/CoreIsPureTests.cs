namespace Havm.Tidy;

/// <summary>
/// Core decides from facts and an instant that it is given. A clock, a thread, a file or a random number in it would
/// make a decision that no simulation can repeat.
/// </summary>
public sealed class CoreIsPureTests
{
    /// <summary>Whole namespaces and types; a trailing dot means everything below.</summary>
    private static readonly string[] Banned =
    [
        "System.Threading.",
        "System.IO.",
        "System.Net.",
        "System.Diagnostics.Stopwatch",
        "System.Diagnostics.Process",
        "System.Random",
        "System.Security.Cryptography.",
        "System.Console",
        "System.TimeProvider",
        "System.DateTime.get_Now",
        "System.DateTime.get_UtcNow",
        "System.DateTime.get_Today",
        "System.DateTimeOffset.get_Now",
        "System.DateTimeOffset.get_UtcNow",
        "System.Guid.NewGuid",
        "System.Guid.CreateVersion7",
        "System.Environment.",
        "Microsoft.Extensions.",
        "Microsoft.AspNetCore.",
    ];

    private static readonly string[] Harmless =
    [
        "System.Environment.get_NewLine",

        // Arithmetic on addresses; nothing is sent anywhere.
        "System.Net.IPAddress",
        "System.Net.IPNetwork",

        // The compiler's own iterators ask which thread they run on.
        "System.Environment.get_CurrentManagedThreadId",
    ];

    [Fact]
    public void Core_refers_to_nothing_that_waits_draws_or_reads()
    {
        IReadOnlySet<string> uses = AssemblyUses.Read(Path.Combine(AppContext.BaseDirectory, "Havm.Core.dll"));

        Assert.Contains("System.Object", uses);
        Findings.AssertNone(uses.Where(IsBanned).Order(), "Core is pure");
    }

    [Fact]
    public void The_reader_sees_what_it_looks_for()
    {
        IReadOnlySet<string> uses = AssemblyUses.Read(typeof(CoreIsPureTests).Assembly.Location);

        Assert.Contains(uses.Where(IsBanned), use => use == "System.IO.File.ReadAllText");
        Assert.Contains(uses.Where(IsBanned), use => use == "System.Diagnostics.Process.Start");
    }

    private static bool IsBanned(string use) =>
        !Harmless.Any(harmless => Covers(harmless, use)) && Banned.Any(banned => Covers(banned, use));

    private static bool Covers(string entry, string use) =>
        entry.EndsWith('.')
            ? use.StartsWith(entry, StringComparison.Ordinal)
            : use == entry || use.StartsWith(entry + ".", StringComparison.Ordinal);
}
