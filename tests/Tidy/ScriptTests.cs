namespace Havm.Tidy;

/// <summary>Shell scripts stop at the first error instead of going on with half of it done.</summary>
public sealed class ScriptTests
{
    private const string Strict = "set -euo pipefail";
    private static readonly string[] EntryPoints = ["run", "test", "bench", "havm", ".ci/run"];

    [Fact]
    public void Every_script_is_strict_and_can_be_executed()
    {
        string[] scripts = [.. Repository.Files(".sh").Concat(EntryPoints.Where(Repository.Exists))];

        Assert.NotEmpty(scripts);
        Findings.AssertNone(scripts.SelectMany(Check), "scripts are strict");
    }

    private static IEnumerable<string> Check(string script)
    {
        string[] lines = Repository.Lines(script);
        UnixFileMode mode = File.GetUnixFileMode(Path.Combine(Repository.Root, script));
        bool names = lines is [['#', '!', ..], ..];
        bool executable = mode.HasFlag(UnixFileMode.UserExecute);
        if (!names && !executable)
        {
            // Sourced, never run: whoever sources it has said how errors count.
            yield break;
        }

        if (!names)
        {
            yield return $"{script}: its first line names no interpreter";
        }

        string? first = lines.FirstOrDefault(line => line.Length > 0 && !line.StartsWith('#'));
        if (first != Strict)
        {
            yield return $"{script}: its first command is not '{Strict}'";
        }

        if (!executable)
        {
            yield return $"{script}: not executable";
        }
    }
}
