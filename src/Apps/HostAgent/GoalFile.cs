using System.Text.Json;
using System.Text.Json.Serialization;
using Havm.Core.Host.Goals;
using Havm.Model;
using Havm.Runtime.Files;

namespace Havm.HostAgent;

/// <summary>The agent's ledger on disk: the goal in force and the highest leader obeyed.</summary>
public sealed class GoalFile(string path)
{
    /// <summary>
    /// What was kept. A file that cannot be read is moved aside and told; the next answer brings the goal again.
    /// </summary>
    public HostLedger Read(out string? trouble)
    {
        trouble = null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), GoalJson.Default.HostLedger)
                is { Highest: not null, Goal: null or { Seats.IsDefault: false, Floors.IsDefault: false } } kept
                ? kept : throw new JsonException("it lacks members");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return HostLedger.Empty;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            trouble = $"{path} is no goal ({e.Message}); it was moved to {path}.bad and begun anew";
            File.Move(path, path + ".bad", overwrite: true);
            return HostLedger.Empty;
        }
    }

    /// <summary>Throws IOException or UnauthorizedAccessException when it is not on disk.</summary>
    public void Write(HostLedger ledger) =>
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(ledger, GoalJson.Default.HostLedger));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HostLedger))]
internal sealed partial class GoalJson : JsonSerializerContext;
