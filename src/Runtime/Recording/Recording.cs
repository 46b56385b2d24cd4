using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Changes;
using Havm.Core.Guards;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Core.Rotation;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Runtime.State;

namespace Havm.Runtime.Recording;

/// <summary>
/// The first line of a file of havm-recording/1: the whole picture that its first step is decided on, so that each
/// file is replayed by itself. Every further line is a <see cref="RecordedStep"/>.
/// </summary>
public sealed record RecordingHead
{
    public const string FormatName = "havm-recording/1";

    public required string Format { get; init; }

    /// <summary>What decided: "havm 0.1.0".</summary>
    public required string Product { get; init; }

    public required string Cluster { get; init; }

    /// <summary>Why a file begins here: started, full, adopted, gap.</summary>
    public required string Why { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset At { get; init; }

    public required Office Office { get; init; }

    public required ImmutableDictionary<NodeName, NodeHeard> Heard { get; init; }

    /// <summary>What guards held when the file began; absent in files of earlier versions.</summary>
    public ImmutableArray<HoldSpan> Holds { get; init; } = [];

    /// <summary>How old fences were by then; absent in files of earlier versions.</summary>
    public ImmutableSortedDictionary<long, Instant> FencesBegan { get; init; } =
        ImmutableSortedDictionary<long, Instant>.Empty;

    public ImmutableSortedDictionary<string, BalancerHeard> Balancers { get; init; } =
        ImmutableSortedDictionary<string, BalancerHeard>.Empty;

    public required ImmutableArray<RecordedItem> Records { get; init; }

    public static RecordingHead Of(Cluster picture, string product, string why) => new()
    {
        Format = FormatName,
        Product = product,
        Cluster = picture.Ledger.ClusterName,
        Why = why,
        At = picture.Wall,
        Office = picture.Office,
        Heard = picture.Heard.ToImmutableDictionary(),
        Holds = [.. picture.Holds.Values],
        FencesBegan = picture.FencesBegan,
        Balancers = picture.Balancers,
        Records =
        [
            .. LedgerCodec.Records(picture.Ledger)
                .Select(record => new RecordedItem(record.Table, record.Key, new RawJson(record.Json))),
        ],
    };

    /// <summary>Throws <see cref="StoreException"/> when a record cannot be read.</summary>
    public Cluster Picture() => new()
    {
        Ledger = LedgerCodec.Read(Cluster, new StoreContents(
            Office.Epoch, 0, [.. Records.Select(item => new StoreRecord(item.Table, item.Key, item.Value!.Json))]))
            .Ledger,
        Office = Office,
        Heard = SortedTable<NodeName, NodeHeard>.Of(Heard),
        Balancers = Balancers.WithComparers(StringComparer.Ordinal),
        Wall = At,
        FencesBegan = FencesBegan,
        Holds = HoldBook.Of(Holds),
    };
}

/// <summary>A record of the store; without a value it was deleted.</summary>
public sealed record RecordedItem(string Table, string Key, RawJson? Value);

/// <summary>
/// One step of the controller: what was heard before it without a round, what it was told, and what it decided.
/// </summary>
/// <param name="Step">Counts from 1 in each term.</param>
/// <param name="Now">The controller's clock.</param>
/// <param name="Wall">UTC.</param>
public sealed record RecordedStep(
    long Step, Instant Now, DateTimeOffset Wall, ImmutableArray<RecordedWord> Before, ImmutableArray<Input> Inputs,
    RecordedDecision Decided);

/// <summary>
/// What was heard and answered between two steps: either one input as it came, or the newest of the words that say
/// nothing but that their sender still speaks, one line a node.
/// </summary>
public sealed record RecordedWord(Instant? At, Input? Input, ImmutableArray<QuietWord>? Quiet);

/// <summary>What a step decided.</summary>
public sealed record RecordedDecision(
    ImmutableArray<RecordedItem> Writes, ImmutableArray<EventRecord> Events, ImmutableArray<Command> Commands,
    ImmutableArray<RecordedHold> Held, ImmutableArray<Reply> Replies)
{
    /// <summary>In an order that hangs on nothing but the names of the records.</summary>
    public static RecordedDecision Of(Decision decision) => new(
    [
        .. LedgerCodec.Writes(decision).Where(write => write.Table != "event")
            .OrderBy(write => write.Table, StringComparer.Ordinal).ThenBy(write => write.Key, StringComparer.Ordinal)
            .Select(write => new RecordedItem(
                write.Table, write.Key, write.Json is { } json ? new RawJson(json) : null)),
    ],
        decision.Events, decision.Commands,
        [.. decision.Held.Select(held => new RecordedHold(held.Proposal.Reason, held.Guard))], decision.Replies);
}

/// <summary>A proposal that a guard kept back.</summary>
public sealed record RecordedHold(Reason Proposal, Reason Guard);

/// <summary>Text that is JSON already.</summary>
public sealed record RawJson(string Json);
