using System.Globalization;
using Havm.Core.Accounting;
using Havm.Core.Changes;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Runtime.State;

/// <summary>
/// Between the accounts and their records: one an instance, an owner and a day, so that a change writes little. What a
/// later version may add under another key is passed over.
/// </summary>
internal static class AccountCodec
{
    public static IEnumerable<string> KeysOf(Accounts accounts) =>
    [
        .. accounts.Watch is null ? (string[])[] : [AccountKeys.Watch],
        .. accounts.Instances.Keys.Select(AccountKeys.Of),
        .. accounts.Gone.Keys.Select(AccountKeys.OfGone),
        .. accounts.Layers.Keys.Select(AccountKeys.OfLayers),
    ];

    public static string? JsonOf(Accounts accounts, string key) =>
        key == AccountKeys.Watch ? Text(accounts.Watch)
        : Rest(key, AccountKeys.InstancePrefix) is { } name
            ? Text(accounts.Instances.GetValueOrDefault(new InstanceName(name)))
        : Rest(key, AccountKeys.GonePrefix) is { } owner ? Text(accounts.Gone.GetValueOrDefault(owner))
        : DayOf(key) is { } day ? Text(accounts.Layers.GetValueOrDefault(day)) : null;

    public static Accounts With(Accounts accounts, StoreRecord record) =>
        record.Key == AccountKeys.Watch ? accounts with { Watch = LedgerCodec.Parse<Watch>(record) }
        : Rest(record.Key, AccountKeys.InstancePrefix) is { } name ? accounts with
        {
            Instances = accounts.Instances.SetItem(
                new InstanceName(name), LedgerCodec.Parse<InstanceAccount>(record)),
        }
        : Rest(record.Key, AccountKeys.GonePrefix) is { } owner ? accounts with
        {
            Gone = accounts.Gone.SetItem(owner, LedgerCodec.Parse<GoneAccount>(record)),
        }
        : DayOf(record.Key) is { } day ? accounts with
        {
            Layers = accounts.Layers.SetItem(day, LedgerCodec.Parse<LayerDay>(record)),
        }
        : accounts;

    public static Accounts Without(Accounts accounts, string key) =>
        key == AccountKeys.Watch ? accounts with { Watch = null }
        : Rest(key, AccountKeys.InstancePrefix) is { } name
            ? accounts with { Instances = accounts.Instances.Remove(new InstanceName(name)) }
        : Rest(key, AccountKeys.GonePrefix) is { } owner ? accounts with { Gone = accounts.Gone.Remove(owner) }
        : DayOf(key) is { } day ? accounts with { Layers = accounts.Layers.Remove(day) } : accounts;

    private static string? Text<T>(T? value) where T : class => value is null ? null : LedgerJson.Write(value);

    private static string? Rest(string key, string prefix) =>
        key.StartsWith(prefix, StringComparison.Ordinal) ? key[prefix.Length..] : null;

    private static int? DayOf(string key) =>
        Rest(key, AccountKeys.LayersPrefix) is { } text
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var day) ? day : null;
}
