using System.Globalization;

namespace Havm.Sensors;

/// <summary>The kernel's files about a machine, below a root that is empty but in labs and tests.</summary>
public sealed class SensorTree(string root)
{
    /// <summary>Names of what is in a directory, in order; none where there is none.</summary>
    public IReadOnlyList<string> In(string directory)
    {
        try
        {
            return [.. Directory.GetFileSystemEntries(root + directory).Select(path => System.IO.Path.GetFileName(path))
                .Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>A number that stands alone in a file; null where there is none, or it cannot be read.</summary>
    public long? Number(string file) =>
        Text(file) is { } text && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long n)
            ? n
            : null;

    /// <summary>A file without the white space around it; null where there is none, or it cannot be read.</summary>
    public string? Text(string file)
    {
        try
        {
            return File.ReadAllText(root + file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public string Path(string file) => root + file;

    /// <summary>It is this machine's own.</summary>
    public bool IsReal => root.Length == 0;
}
