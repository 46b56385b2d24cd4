using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Liveness;
using Havm.Model;

namespace Havm.Core;

/// <summary>
/// Collects what one step decides: applies changes in order, writes their events, remembers what to do after.
/// </summary>
public sealed class DecisionDraft(Cluster cluster)
{
    private readonly ImmutableArray<Change>.Builder _changes = ImmutableArray.CreateBuilder<Change>();
    private readonly ImmutableHashSet<RecordKey>.Builder _touched = ImmutableHashSet.CreateBuilder<RecordKey>();
    private readonly ImmutableArray<EventRecord>.Builder _events = ImmutableArray.CreateBuilder<EventRecord>();
    private readonly ImmutableArray<Reply>.Builder _replies = ImmutableArray.CreateBuilder<Reply>();
    private readonly ImmutableArray<Command>.Builder _commands = ImmutableArray.CreateBuilder<Command>();
    private readonly ImmutableArray<Held>.Builder _held = ImmutableArray.CreateBuilder<Held>();

    /// <summary>The picture with everything added so far.</summary>
    public Cluster Cluster { get; private set; } = cluster;

    /// <summary>What guards have kept back so far.</summary>
    public IReadOnlyList<Held> Held => _held;

    /// <summary>Replaces heard facts; nothing durable.</summary>
    public void Hear(Cluster heard) => Cluster = heard;

    public void Add(Proposal proposal, Instant now)
    {
        if (proposal.Change is { } change)
        {
            Apply(change, proposal.Reason, proposal.Told);
        }

        foreach (var command in proposal.Commands)
        {
            _commands.Add(command);
            Cluster = Ear.Commanded(Cluster, command, now);
        }
    }

    public void Hold(Proposal proposal, Reason guard) => _held.Add(new Held(proposal, guard));

    public void Answer(long request, OrderOutcome outcome) => _replies.Add(new Reply(request, outcome));

    public Decision Close() => new()
    {
        After = Cluster,
        Changes = _changes.ToImmutable(),
        Touched = _touched.ToImmutable(),
        Events = _events.ToImmutable(),
        Replies = _replies.ToImmutable(),
        Commands = _commands.ToImmutable(),
        Held = _held.ToImmutable(),
    };

    private void Apply(Change change, Reason reason, bool told)
    {
        var before = Cluster.Ledger;
        _touched.UnionWith(change.Touches(before));
        var after = change.Apply(before);
        if (told)
        {
            var sequence = after.Counters.Event + 1;
            after = after with { Counters = after.Counters with { Event = sequence } };
            _events.Add(new EventRecord(sequence, Cluster.Wall, NameOf(change), change.Subject, reason));
            _touched.Add(RecordKeys.Counters);
        }

        _changes.Add(change);
        Cluster = Cluster with { Ledger = after };
    }

    private static string NameOf(Change change)
    {
        var name = change.GetType().Name;
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
