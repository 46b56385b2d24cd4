using System.Collections.Immutable;
using System.Text.Json;
using Havm.Core;
using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Runtime.State;

/// <summary>Between the ledger and the store's records: what a decision writes, and what a load gives back.</summary>
public static class LedgerCodec
{
    /// <summary>Events kept; older ones are deleted with the commit that adds a newer one.</summary>
    public const int EventsKept = 20_000;

    private const string ClusterKey = "cluster";

    /// <summary>Every record the decision altered, and its events.</summary>
    public static List<StoreWrite> Writes(Decision decision)
    {
        var ledger = decision.After.Ledger;
        var writes = decision.Touched
            .Select(key => new StoreWrite(TableOf(key.Table), key.Key, JsonOf(ledger, key))).ToList();
        foreach (var item in decision.Events)
        {
            writes.Add(new StoreWrite(TableOf(RecordTable.Event), EventKey(item.Sequence), LedgerJson.Write(item)));
            if (item.Sequence > EventsKept)
            {
                writes.Add(new StoreWrite(TableOf(RecordTable.Event), EventKey(item.Sequence - EventsKept), null));
            }
        }

        return writes;
    }

    /// <summary>Every record of a ledger, as a store that was committed to would hold it; no events.</summary>
    public static IEnumerable<StoreRecord> Records(Ledger ledger) =>
        Enum.GetValues<RecordTable>()
            .SelectMany(table => KeysOf(ledger, table).Select(key => new RecordKey(table, key)))
            .Select(key => new StoreRecord(TableOf(key.Table), key.Key, JsonOf(ledger, key)!))
            .Prepend(new StoreRecord(TableOf(RecordTable.Meta), ClusterKey, LedgerJson.Write(ledger.ClusterName)));

    private static IEnumerable<string> KeysOf(Ledger ledger, RecordTable table) => table switch
    {
        RecordTable.Meta => ["counters"],
        RecordTable.Spec => ledger.Specs.Keys,
        RecordTable.Node => ledger.Nodes.Keys.Select(node => node.Value),
        RecordTable.Instance => ledger.Instances.Values.Select(instance => instance.Name.Value),
        RecordTable.Retired => ledger.Retired.Keys.Select(name => name.Value),
        RecordTable.Incident => ledger.Incidents.Keys,
        RecordTable.LongLease => ledger.LongLease is null ? [] : ["newest"],
        RecordTable.Disarm => ledger.Disarm is null ? [] : ["newest"],
        RecordTable.Backup => ledger.BackupMade is null ? [] : [BackupMark.Key],
        RecordTable.Account => AccountCodec.KeysOf(ledger.Accounts),
        RecordTable.Observing => ledger.Observing.Since.IsEmpty ? [] : ["now"],
        RecordTable.Event => [],
    };

    /// <summary>What makes a new store this cluster's.</summary>
    public static StoreWrite Founding(string cluster) =>
        new(TableOf(RecordTable.Meta), ClusterKey, LedgerJson.Write(cluster));

    /// <summary>
    /// The ledger and its events as they were committed. Throws <see cref="StoreException"/> (Corrupt) naming the
    /// record that cannot be read, or (Unusable) when the store belongs to another cluster.
    /// </summary>
    public static (Ledger Ledger, ImmutableArray<EventRecord> Events) Read(string cluster, StoreContents contents)
    {
        var ledger = new Ledger { ClusterName = cluster };
        var specs = ledger.Specs.ToBuilder();
        var nodes = ledger.Nodes;
        var instances = new List<Instance>();
        var incidents = ledger.Incidents.ToBuilder();
        var retired = ledger.Retired.ToBuilder();
        var events = ImmutableArray.CreateBuilder<EventRecord>();
        var accounts = new List<StoreRecord>();
        foreach (var record in contents.Records)
        {
            switch (TableNamed(record))
            {
                case RecordTable.Meta when record.Key == ClusterKey:
                    var owner = Parse<string>(record);
                    if (owner != cluster)
                    {
                        throw new StoreException(StoreTrouble.Unusable,
                            $"this state belongs to cluster {owner}, and the controller was started for {cluster}: "
                                + "give each cluster a state directory of its own");
                    }

                    break;
                case RecordTable.Spec:
                    specs[record.Key] = Parse<SpecObject>(record);
                    break;
                case RecordTable.Node:
                    nodes = nodes.SetItem(new NodeName(record.Key), Parse<NodeRecord>(record));
                    break;
                case RecordTable.Instance:
                    instances.Add(Parse<Instance>(record));
                    break;
                case RecordTable.Retired:
                    retired[new InstanceName(record.Key)] = Parse<Generation>(record);
                    break;
                case RecordTable.Incident:
                    incidents[record.Key] = Parse<Incident>(record);
                    break;
                case RecordTable.Account:
                    accounts.Add(record);
                    break;
                case RecordTable.Event:
                    events.Add(Parse<EventRecord>(record));
                    break;
                default:
                    ledger = With(ledger, record);
                    break;
            }
        }

        events.Sort((a, b) => a.Sequence.CompareTo(b.Sequence));
        return (ledger with
        {
            Specs = specs.ToImmutable(),
            Nodes = nodes,
            Instances = InstanceTable.Of(instances),
            Incidents = incidents.ToImmutable(),
            Retired = retired.ToImmutable(),
            Accounts = accounts.Aggregate(ledger.Accounts, AccountCodec.With),
        }, events.ToImmutable());
    }

    /// <summary>A ledger with records written or, without a text, deleted; events are passed over.</summary>
    public static Ledger Apply(Ledger ledger, IEnumerable<StoreWrite> writes)
    {
        foreach (var write in writes)
        {
            ledger = write.Json is { } json
                ? With(ledger, new StoreRecord(write.Table, write.Key, json))
                : Without(ledger, write);
        }

        return ledger;
    }

    /// <summary>A record of a ledger as it would be stored; null when there is none.</summary>
    public static string? Text(Ledger ledger, string table, string key) =>
        table == TableOf(RecordTable.Meta) && key == ClusterKey ? LedgerJson.Write(ledger.ClusterName)
        : JsonOf(ledger, new RecordKey(TableNamed(new StoreRecord(table, key, "")), key));

    private static Ledger With(Ledger ledger, StoreRecord record) => TableNamed(record) switch
    {
        RecordTable.Meta when record.Key == ClusterKey => ledger,
        RecordTable.Meta => ledger with { Counters = Parse<Counters>(record) },
        RecordTable.Spec => ledger with { Specs = ledger.Specs.SetItem(record.Key, Parse<SpecObject>(record)) },
        RecordTable.Node => ledger with { Nodes = ledger.Nodes.SetItem(new(record.Key), Parse<NodeRecord>(record)) },
        RecordTable.Instance => ledger with
        {
            Instances = ledger.Instances.SetItem(new(record.Key), Parse<Instance>(record)),
        },
        RecordTable.Retired => ledger with
        {
            Retired = ledger.Retired.SetItem(new(record.Key), Parse<Generation>(record)),
        },
        RecordTable.Incident => ledger with
        {
            Incidents = ledger.Incidents.SetItem(record.Key, Parse<Incident>(record)),
        },
        RecordTable.LongLease => ledger with { LongLease = Parse<LongLease>(record) },
        RecordTable.Disarm => ledger with { Disarm = Parse<Disarm>(record) },
        RecordTable.Backup => ledger with { BackupMade = Parse<DateTimeOffset>(record) },
        RecordTable.Account => ledger with { Accounts = AccountCodec.With(ledger.Accounts, record) },
        RecordTable.Observing => ledger with { Observing = Parse<Observing>(record) },
        RecordTable.Event => ledger,
    };

    private static Ledger Without(Ledger ledger, StoreWrite write) =>
        TableNamed(new StoreRecord(write.Table, write.Key, "")) switch
        {
            RecordTable.Spec => ledger with { Specs = ledger.Specs.Remove(write.Key) },
            RecordTable.Node => ledger with { Nodes = ledger.Nodes.Remove(new(write.Key)) },
            RecordTable.Instance => ledger with { Instances = ledger.Instances.Remove(new(write.Key)) },
            RecordTable.Retired => ledger with { Retired = ledger.Retired.Remove(new(write.Key)) },
            RecordTable.Incident => ledger with { Incidents = ledger.Incidents.Remove(write.Key) },
            RecordTable.LongLease => ledger with { LongLease = null },
            RecordTable.Disarm => ledger with { Disarm = null },
            RecordTable.Backup => ledger with { BackupMade = null },
            RecordTable.Account => ledger with { Accounts = AccountCodec.Without(ledger.Accounts, write.Key) },
            RecordTable.Observing => ledger with { Observing = Observing.Nothing },
            RecordTable.Meta or RecordTable.Event => ledger,
        };

    private static string? JsonOf(Ledger ledger, RecordKey key) => key.Table switch
    {
        RecordTable.Meta => LedgerJson.Write(ledger.Counters),
        RecordTable.Spec => ledger.Specs.TryGetValue(key.Key, out var spec) ? LedgerJson.Write(spec) : null,
        RecordTable.Node => ledger.Nodes.TryGetValue(new(key.Key), out var node) ? LedgerJson.Write(node) : null,
        RecordTable.Instance => ledger.Instances.TryGetValue(new(key.Key), out var one) ? LedgerJson.Write(one) : null,
        RecordTable.Retired => ledger.Retired.TryGetValue(new(key.Key), out var last) ? LedgerJson.Write(last) : null,
        RecordTable.Incident =>
            ledger.Incidents.TryGetValue(key.Key, out var incident) ? LedgerJson.Write(incident) : null,
        RecordTable.LongLease => ledger.LongLease is { } lease ? LedgerJson.Write(lease) : null,
        RecordTable.Disarm => ledger.Disarm is { } disarm ? LedgerJson.Write(disarm) : null,
        RecordTable.Backup => ledger.BackupMade is { } made ? LedgerJson.Write(made) : null,
        RecordTable.Account => AccountCodec.JsonOf(ledger.Accounts, key.Key),
        RecordTable.Observing => ledger.Observing.Since.IsEmpty ? null : LedgerJson.Write(ledger.Observing),
        RecordTable.Event => throw new InvalidOperationException("events are written by the decision, never touched"),
    };

    internal static T Parse<T>(StoreRecord record)
    {
        try
        {
            return LedgerJson.Read<T>(record.Json)
                ?? throw new StoreException(
                    StoreTrouble.Corrupt, $"record {record.Table}/{record.Key} is empty: restore a backup");
        }
        catch (JsonException cause)
        {
            throw new StoreException(StoreTrouble.Corrupt,
                $"record {record.Table}/{record.Key} cannot be read ({cause.Message}): restore a backup, "
                    + "or remove this record by hand", cause);
        }
    }

    private static string TableOf(RecordTable table) => table switch
    {
        RecordTable.Meta => "meta",
        RecordTable.Spec => "spec",
        RecordTable.Node => "node",
        RecordTable.Instance => "instance",
        RecordTable.Retired => "retired",
        RecordTable.Incident => "incident",
        RecordTable.Event => "event",
        RecordTable.LongLease => "longLease",
        RecordTable.Disarm => "disarm",
        RecordTable.Backup => BackupMark.Table,
        RecordTable.Account => "account",
        RecordTable.Observing => "observing",
    };

    private static RecordTable TableNamed(StoreRecord record) =>
        Enum.TryParse<RecordTable>(record.Table, ignoreCase: true, out var table)
            ? table
            : throw new StoreException(StoreTrouble.NewerSchema,
                $"the state holds a table this version does not know ({record.Table}): start the newer version, "
                    + "or restore an older backup");

    private static string EventKey(long sequence) => sequence.ToString("D12");
}
