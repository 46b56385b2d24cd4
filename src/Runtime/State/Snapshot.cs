using System.Collections.Immutable;
using System.Text.Json;
using Havm.Core.Records;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Runtime.State;

/// <summary>
/// A cluster's shared state at one moment, as a file that leaves the cluster: havm-snapshot/1. It holds the records of
/// the store (specs, nodes, instances with their seats, incidents), and no secret: what guests are given as
/// environment is withheld, and credential files are named, never read.
/// </summary>
public sealed record Snapshot
{
    public const string FormatName = "havm-snapshot/1";

    /// <summary>A file larger than this is not read: 1 GiB.</summary>
    public const long MaxBytes = 1L << 30;

    public required string Format { get; init; }

    /// <summary>Who wrote it: "havm 0.1.0".</summary>
    public required string Product { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    public required string Cluster { get; init; }

    /// <summary>The term of the leader that was asked.</summary>
    public required Epoch Epoch { get; init; }

    public required ImmutableArray<Item> Records { get; init; }

    /// <summary>One record, with what the store holds under its table and key.</summary>
    public sealed record Item(string Table, string Key, JsonElement Value);

    public static byte[] Write(Core.Cluster cluster, string product, DateTimeOffset at) =>
        LedgerJson.WriteUtf8(new Snapshot
        {
            Format = FormatName,
            Product = product,
            At = at.ToUniversalTime(),
            Cluster = cluster.Ledger.ClusterName,
            Epoch = cluster.Office.Epoch,
            Records =
            [
                .. LedgerCodec.Records(Withheld.From(cluster.Ledger))
                    .Select(record => new Item(record.Table, record.Key, LedgerJson.Element(record.Json))),
            ],
        });

    /// <summary>The snapshot with its ledger, or what is wrong with the text.</summary>
    /// <param name="utf8">The whole file.</param>
    /// <param name="source">Its name in errors.</param>
    public static (Snapshot? Snapshot, Ledger? Ledger, SpecError? Error) Read(byte[] utf8, string source)
    {
        const string Remedy = "make a new one with `havm snapshot -f FILE`";
        try
        {
            using var document = JsonDocument.Parse(utf8);
            var format = document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("format", out var said) ? said.ToString() : null;
            if (format != FormatName)
            {
                return (null, null, new SpecError(source, "format",
                    format is null ? "is no snapshot" : $"is \"{format}\"", $"name a {FormatName} file, or {Remedy}"));
            }

            var snapshot = LedgerJson.ReadUtf8<Snapshot>(utf8)!;
            var (ledger, _) = LedgerCodec.Read(snapshot.Cluster, new StoreContents(snapshot.Epoch, 0,
                [.. snapshot.Records.Select(item => new StoreRecord(item.Table, item.Key, item.Value.GetRawText()))]));
            return (snapshot, ledger, null);
        }
        catch (JsonException cause)
        {
            return (null, null, new SpecError(source, "", $"is no snapshot: {cause.Message.TrimEnd('.')}", Remedy));
        }
        catch (StoreException cause)
        {
            return (null, null, new SpecError(source, "records", cause.Message, Remedy));
        }
    }
}
