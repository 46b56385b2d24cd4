using Havm.Core.Accounting;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>A change of the accounts alone; nothing is decided on it.</summary>
public abstract record AccountChange : Change
{
    protected static RecordKey KeyOf(string key) => new(RecordTable.Account, key);
}

/// <summary>Somebody looks; a new term, after a while in which nobody did.</summary>
public sealed record AccountsLooked(DateTimeOffset At, Epoch Epoch) : AccountChange
{
    public override Ledger Apply(Ledger ledger) => ledger with
    {
        Accounts = ledger.Accounts with
        {
            Watch = ledger.Accounts.Watch is { } watch
                ? watch.Looked(At, Epoch, Epoch == watch.Epoch ? watch.LookedAt : NewestOf(ledger.Accounts))
                : new Watch { Since = At, LookedAt = At, Epoch = Epoch },
        },
    };

    /// <summary>All are walked, once in a term.</summary>
    private static DateTimeOffset NewestOf(Accounts accounts) =>
        accounts.Instances.Values.Select(account => account.At).DefaultIfEmpty(DateTimeOffset.MinValue).Max();

    public override IEnumerable<RecordKey> Touches(Ledger before) => [KeyOf(AccountKeys.Watch)];

    public override string Subject => "Cluster";
}

/// <summary>An instance stands otherwise, or is counted from now on.</summary>
public sealed record AccountTurned(InstanceAccount Account) : AccountChange
{
    public override Ledger Apply(Ledger ledger) => ledger with
    {
        Accounts = ledger.Accounts with { Instances = ledger.Accounts.Instances.SetItem(Account.Name, Account) },
    };

    public override IEnumerable<RecordKey> Touches(Ledger before) => [KeyOf(AccountKeys.Of(Account.Name))];

    public override string Subject => $"Instance/{Account.Name}";
}

/// <summary>
/// An instance is gone: its days go into its owner's sum, and with an owner that is gone too into the cluster's.
/// </summary>
public sealed record AccountClosed(InstanceName Name, DateTimeOffset At) : AccountChange
{
    public override Ledger Apply(Ledger ledger)
    {
        var accounts = ledger.Accounts;
        var account = accounts.Instances[Name];
        var gone = accounts.Gone;
        foreach (var owner in Ownerless(ledger))
        {
            gone = gone.SetItem("", gone.GetValueOrDefault("", GoneAccount.Empty).With(gone[owner], At)).Remove(owner);
        }

        var heir = HeirOf(ledger);
        return ledger with
        {
            Accounts = accounts with
            {
                Instances = accounts.Instances.Remove(Name),
                Gone = gone.SetItem(
                    heir, gone.GetValueOrDefault(heir, GoneAccount.Empty).With(account, At, accounts.Gaps)),
            },
        };
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) =>
    [
        KeyOf(AccountKeys.Of(Name)), KeyOf(AccountKeys.OfGone(HeirOf(before))), KeyOf(AccountKeys.OfGone("")),
        .. Ownerless(before).Select(owner => KeyOf(AccountKeys.OfGone(owner))),
    ];

    public override string Subject => $"Instance/{Name}";

    private static IEnumerable<string> Ownerless(Ledger ledger) =>
        ledger.Accounts.Gone.Keys.Where(owner => owner.Length > 0 && !ledger.Specs.ContainsKey(owner));

    private string HeirOf(Ledger ledger)
    {
        var owner = ledger.Accounts.Instances[Name].Owner.ToString();
        return ledger.Specs.ContainsKey(owner) ? owner : "";
    }
}

/// <summary>
/// An incident that is over is entered under the layer that failed; one that came of another is only marked: that
/// failure is entered with the other.
/// </summary>
public sealed record IncidentCounted(string Id, Layer Layer) : AccountChange
{
    public override Ledger Apply(Ledger ledger)
    {
        var incident = ledger.Incidents[Id];
        var layers = ledger.Accounts.Layers;
        var day = Days.Of(incident.DetectedAt);
        if (incident.Cause is null)
        {
            layers = layers.SetItem(
                day, layers.GetValueOrDefault(day, LayerDay.Empty).With(Layer, LayerTally.Of(incident)));
        }

        return ledger with
        {
            Incidents = ledger.Incidents.SetItem(Id, incident with { Layer = Layer }),
            Accounts = ledger.Accounts with { Layers = layers.RemoveRange(Old(layers.Keys)) },
        };
    }

    public override IEnumerable<RecordKey> Touches(Ledger before)
    {
        var day = Days.Of(before.Incidents[Id].DetectedAt);
        return
        [
            new(RecordTable.Incident, Id), KeyOf(AccountKeys.OfLayers(day)),
            .. Old(before.Accounts.Layers.Keys.Append(day).Order()).Select(old => KeyOf(AccountKeys.OfLayers(old))),
        ];
    }

    public override string Subject => $"Incident/{Id}";

    private static List<int> Old(IEnumerable<int> days)
    {
        var all = days.ToList();
        return all.FindAll(day => day < all[^1] - Days.Kept);
    }
}

/// <summary>The keys of the accounts' records: part of the stored format.</summary>
public static class AccountKeys
{
    public const string Watch = "watch";

    public const string InstancePrefix = "instance/";

    public const string GonePrefix = "gone/";

    public const string LayersPrefix = "layers/";

    public static string Of(InstanceName name) => InstancePrefix + name;

    public static string OfGone(string owner) => GonePrefix + owner;

    public static string OfLayers(int day) => LayersPrefix + day;
}
