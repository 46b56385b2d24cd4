using System.Collections.Immutable;
using Havm.Core.Accounting;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Views;

internal sealed partial record Lens
{
    /// <param name="from">The beginning of a day, UTC.</param>
    public ReportView Report(DateTimeOffset from)
    {
        var accounts = Cluster.Ledger.Accounts;
        var gaps = accounts.Gaps;
        var each = accounts.Instances.Values
            .Select(account => (Account: account, Figures: Figures.Of(account, from, Wall, gaps))).ToList();
        var gone = accounts.Gone.ToDictionary(item => item.Key, item => Figures.Of(item.Value, from));
        var owners = each.GroupBy(item => item.Account.Owner.ToString(), item => item.Figures)
            .Select(owner => (Name: owner.Key, Figures: owner.Aggregate((a, b) => a + b)))
            .Concat(gone.Select(item => (Name: item.Key, Figures: item.Value)))
            .GroupBy(item => item.Name, item => item.Figures)
            .Select(owner => (
                Name: owner.Key.Length > 0 ? owner.Key : "(gone)", Figures: owner.Aggregate((a, b) => a + b)))
            .Where(owner => owner.Figures.Seconds > 0).ToList();
        var layers = accounts.Layers.Where(day => day.Key >= Days.Of(from))
            .Aggregate(LayerDay.Empty, (sum, day) => sum + day.Value).Layers;
        return new ReportView
        {
            Cluster = Cluster.Ledger.ClusterName,
            From = from,
            To = Wall,
            CountedSince = accounts.Watch?.Since,
            AwaySeconds = Math.Round(gaps.Sum(gap => gap.Within(new Stretch(from, Wall)).Seconds), 1),
            Whole = Account($"Cluster/{Cluster.Ledger.ClusterName}", owners.Aggregate(
                Figures.None, (sum, owner) => sum + owner.Figures)),
            Owners = WorstFirst(owners),
            Instances = WorstFirst(each.Select(item => (item.Account.Name.Value, item.Figures))),
            Layers =
            [
                .. layers.Select(item => LayerOf((int)item.Key, Word.Of(item.Key), item.Value)),
                LayerOf(0, "all", layers.Values.Aggregate(LayerTally.Empty, (sum, tally) => sum + tally)),
            ],
            Confirmed = Moment.Of(Wall, TimeSpan.Zero),
        };
    }

    /// <summary>By what nobody ordered: first the time it was not up, then how often.</summary>
    private static ImmutableArray<AccountView> WorstFirst(IEnumerable<(string Name, Figures Figures)> all) =>
    [
        .. all.OrderByDescending(item => item.Figures.Account.Failed + item.Figures.Account.Unready)
            .ThenByDescending(item => item.Figures.Account.Interruptions)
            .ThenBy(item => item.Name, NaturalOrder.Instance)
            .Select(item => Account(item.Name, item.Figures)),
    ];

    private static AccountView Account(string name, Figures figures)
    {
        var rate = figures.AnnualInterruptionRate;
        return new AccountView
        {
            Name = name,
            ExposureDays = Math.Round(figures.Exposure / 86_400, 4),
            UpSeconds = Math.Round(figures.Up, 1),
            PlannedSeconds = Math.Round(figures.Account.Planned, 1),
            UnreadySeconds = Math.Round(figures.Account.Unready, 1),
            FailedSeconds = Math.Round(figures.Account.Failed, 1),
            UnobservedSeconds = Math.Round(figures.Unobserved, 1),
            OffSeconds = Math.Round(figures.Account.Off, 1),
            Availability = Share(figures.Availability),
            AvailabilityButForPlanned = Share(figures.ButForPlanned),
            Interruptions = figures.Account.Interruptions,
            LongestSeconds = Math.Round(figures.Account.Longest, 1),
            ByLayer = figures.Account.ByLayer.ToImmutableSortedDictionary(
                item => Word.Of(item.Key), item => item.Value),
            AnnualInterruptionRate = Rounded(rate?.Rate),
            RateLow = Rounded(rate?.Low),
            RateHigh = Rounded(rate?.High),
        };
    }

    private static LayerView LayerOf(int row, string name, LayerTally tally) => new(
        row, name, tally.Count, Rounded(tally.Detect.Mean), Rounded(tally.Repair.Mean))
    {
        Phases =
        [
            .. IncidentPhases.Names.Zip(tally.Phases, (phase, lengths) => new LengthsView(
                phase, lengths.Count, Rounded(lengths.Quantile(0.5)), Rounded(lengths.Quantile(0.95)),
                lengths.Count > 0 ? Rounded(lengths.Max) : null)),
        ],
    };

    /// <summary>Down to a second in a year.</summary>
    private static double? Share(double? value) => value is { } known ? Math.Round(known, 8) : null;

    private static double? Rounded(double? value) => value is { } known ? Math.Round(known, 3) : null;
}
