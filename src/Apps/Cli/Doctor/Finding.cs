namespace Havm.Cli.Doctor;

/// <summary>How one thing that was looked at stands.</summary>
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Havm runs, but promises less, or is slower, than it could be.</summary>
    Warn,

    /// <summary>Havm would not run here, or would break a promise.</summary>
    Fail,

    /// <summary>Not looked at, and the reason says why.</summary>
    Skipped,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="About">Which one, where a check looks at several; empty where there is one.</param>
/// <param name="Evidence">What was seen: figures, paths, words of the system; may be empty.</param>
/// <param name="Remedy">The one thing to do; empty where there is nothing to do.</param>
internal sealed record Finding(string About, Verdict Verdict, string Reason, string Evidence, string Remedy)
{
    public static Finding Ok(string about, string reason, string evidence = "") =>
        new(about, Verdict.Ok, reason, evidence, "");

    public static Finding Warn(string about, string reason, string evidence, string remedy) =>
        new(about, Verdict.Warn, reason, evidence, remedy);

    public static Finding Fail(string about, string reason, string evidence, string remedy) =>
        new(about, Verdict.Fail, reason, evidence, remedy);

    public static Finding Skip(string about, string reason, string remedy = "") =>
        new(about, Verdict.Skipped, reason, "", remedy);
}

/// <summary>
/// Looks at one kind of thing. What it changes to find out (a file, a cgroup, a lock) it takes back; trouble is a
/// finding, and IOException or UnauthorizedAccessException becomes one.
/// </summary>
internal interface ICheck
{
    /// <summary>One word, as tables and JSON have it.</summary>
    string Name { get; }

    Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel);
}
