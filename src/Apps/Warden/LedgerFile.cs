using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Havm.Core.Host.SelfFence;
using Havm.Model;
using Havm.Runtime.Files;

namespace Havm.Warden;

/// <summary>
/// The ledger on disk. Floors and the highest leader hold for ever; seats only for the boot they were permitted in,
/// because a new boot has none of their processes, nor a clock on which an older instant means anything.
/// </summary>
public sealed class LedgerFile(string path, BootId boot)
{
    /// <summary>
    /// What was kept. A file that cannot be read as a ledger is moved aside and told: the floors come again from agent
    /// and controller before anything is permitted.
    /// </summary>
    public WardenLedger Read(out string? trouble)
    {
        trouble = null;
        try
        {
            var kept = JsonSerializer.Deserialize(File.ReadAllBytes(path), LedgerJson.Default.KeptLedger)
                ?? throw new JsonException("it holds null");
            if (kept.Ledger is not { Highest: not null, Floors.IsDefault: false, Seats.IsDefault: false })
            {
                throw new JsonException("it lacks members");
            }

            var ledger = kept.Ledger with { Version = 0 };
            return kept.Boot == boot ? ledger : ledger with
            {
                Seats = [], LongLease = null, RearmedAt = null, Departure = null,
            };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return WardenLedger.Empty;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            trouble = $"{path} is no ledger ({e.Message}); it was moved to {path}.bad and begun anew";
            File.Move(path, path + ".bad", overwrite: true);
            return WardenLedger.Empty;
        }
    }

    /// <summary>Throws IOException or UnauthorizedAccessException when it is not on disk.</summary>
    public void Write(WardenLedger ledger) =>
        AtomicFile.Write(
            path, JsonSerializer.SerializeToUtf8Bytes(new KeptLedger(boot, ledger), LedgerJson.Default.KeptLedger));
}

/// <summary>The ledger as it lies in its file.</summary>
internal sealed record KeptLedger(BootId Boot, WardenLedger Ledger);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KeptLedger))]
internal sealed partial class LedgerJson : JsonSerializerContext;
