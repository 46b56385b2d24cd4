using System.Text.Json;
using System.Text.Json.Serialization;

namespace Havm.Lab.Tools;

/// <summary>
/// Reads and writes the lab's small JSON and text files; a reader sees the old file or the new, whole.
/// </summary>
public static class LabFiles
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void WriteJson<T>(string path, T value) =>
        WriteText(path, JsonSerializer.Serialize(value, Json) + "\n");

    /// <summary>The file's value, or null where the file is missing.</summary>
    /// <exception cref="LabRefusal">The file holds something else than a <typeparamref name="T"/>.</exception>
    public static T? ReadJson<T>(string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Json);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException damaged)
        {
            throw new LabRefusal(path, "content", damaged.Message, "Run havm lab up --replace to build the lab anew");
        }
    }

    public static void WriteText(string path, string text) => Write(path, text, Open);

    /// <summary>Writes a file that only its owner may read.</summary>
    public static void WriteSecret(string path, string text) => Write(path, text, Secret);

    /// <summary>The trimmed text, or null where the file is missing.</summary>
    public static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Removes a directory unless something is in it; nothing is there to say where it is gone already.
    /// </summary>
    public static void RemoveIfEmpty(string directory)
    {
        try
        {
            Directory.Delete(directory);
        }
        catch (IOException)
        {
            // Not empty, or gone already: either is well.
        }
    }

    private static void Write(string path, string text, UnixFileMode mode)
    {
        var fresh = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.new";
        using (var file = new FileStream(fresh, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        }))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }

        File.Move(fresh, path, overwrite: true);
    }
}
