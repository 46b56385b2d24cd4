namespace Havm.Cli.Doctor;

/// <summary>Which file system a path lies on.</summary>
internal static class MountTable
{
    /// <summary>"ext4 at /srv"; empty where the table cannot be read.</summary>
    public static string KindOf(string path)
    {
        string whole = Path.GetFullPath(path).TrimEnd('/') + "/";
        string[]? mount = File.Exists("/proc/self/mounts")
            ? File.ReadLines("/proc/self/mounts").Select(line => line.Split(' '))
                .Where(field => field.Length > 2
                    && whole.StartsWith(field[1].TrimEnd('/') + "/", StringComparison.Ordinal))
                .MaxBy(field => field[1].Length)
            : null;
        return mount is null ? "" : $"{mount[2]} at {mount[1]}";
    }
}
