using System.Diagnostics;

namespace Havm.Tidy;

/// <summary>What git knows of this repository: the files that are tracked, or new and not ignored.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    private static readonly IReadOnlyList<string> AllFiles = ListFiles();

    /// <summary>Paths relative to the root, with '/', of files that are there.</summary>
    public static IEnumerable<string> Files(string suffix = "") =>
        AllFiles.Where(file => file.EndsWith(suffix, StringComparison.Ordinal));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    public static bool Exists(string file) => File.Exists(Path.Combine(Root, file));

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Havm.slnx")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException($"no Havm.slnx in or above {AppContext.BaseDirectory}");
    }

    private static string[] ListFiles()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using Process git = Process.Start(start)!;
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        if (git.ExitCode != 0 || output.Length == 0)
        {
            throw new InvalidOperationException($"git ls-files in {Root} ended with {git.ExitCode}");
        }

        return [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().Where(Exists).Order()];
    }
}
