using System.Runtime.CompilerServices;

namespace Havm.Tests;

/// <summary>Files that hold what is expected; HAVM_GOLDEN=write rewrites them.</summary>
internal static class Golden
{
    public static string Repository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    /// <summary>Compares with a file, named from the repository's root.</summary>
    public static void Matches(string path, string actual)
    {
        string file = Path.Combine(Repository(), path);
        if (Environment.GetEnvironmentVariable("HAVM_GOLDEN") == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }

        Assert.True(File.Exists(file), $"{path} is missing: run this test once with HAVM_GOLDEN=write");
        Assert.Equal(File.ReadAllText(file), actual);
    }
}
