using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>
/// It went without having said so. Kept with the node, for people and for the count of its departures.
/// </summary>
public sealed record NodeDeparted(NodeName Name, NodeDeparture Departure) : NodeChange(Name)
{
    /// <summary>How many are kept, the newest.</summary>
    public const int Remembered = 16;

    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        var all = node.Departures.Add(Departure with { Incident = node.Incident });
        return With(ledger, node with { Departures = all.Length > Remembered ? all.RemoveAt(0) : all });
    }
}

/// <summary>A node that had gone is heard again.</summary>
/// <param name="Shared">Many had gone together.</param>
/// <param name="Note">What it has to serve first; null: nothing new.</param>
public sealed record NodeCameBack(NodeName Name, DateTimeOffset At, bool Shared, FitnessNote? Note) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        return With(ledger, node with
        {
            Fitness = Note ?? node.Fitness,
            Departures =
            [
                .. node.Departures.Select(gone => gone.BackAt is null
                    ? gone with { BackAt = At, Shared = Shared } : gone),
            ],
        });
    }
}

/// <summary>
/// It turns out that many had gone together: what was concluded from that of one of them is taken back.
/// </summary>
public sealed record DepartureExcused(NodeName Name) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        return With(ledger, node with
        {
            Fitness = null,
            Departures = node.Departures.SetItem(
                node.Departures.Length - 1, node.Departures[^1] with { Shared = true }),
        });
    }
}

/// <summary>
/// Whether it is trusted with new seats has changed. What it served a quarantine for is forgiven with its end.
/// </summary>
/// <param name="Note">Null: it is fit.</param>
public sealed record NodeFitnessMoved(NodeName Name, FitnessNote? Note) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        var served = node.Fit == NodeFitness.Quarantine && Note?.Is != NodeFitness.Quarantine;
        return With(ledger, node with
        {
            Fitness = Note,
            Departures = served ? Forgiven(node) : node.Departures,
        });
    }

    internal static ImmutableArray<NodeDeparture> Forgiven(NodeRecord node) =>
        [.. node.Departures.Select(gone => gone with { Forgiven = true })];
}

/// <summary>
/// An operator gives a node back: what is held against it is forgiven, maintenance for its repair ends, and if it was
/// off for that it is powered on anew.
/// </summary>
/// <param name="Note">What it has to serve first; null: nothing.</param>
public sealed record NodeGivenBack(NodeName Name, FitnessNote? Note, DateTimeOffset At) : NodeChange(Name)
{
    /// <summary>A diagnosis that is done without; null: one is made, whatever came of the last.</summary>
    public DiagnosisNote? Waived { get; init; }

    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        var repaired = node.Fit is NodeFitness.OutForRepair or NodeFitness.Retired;
        return With(ledger, node with
        {
            Fitness = Note,
            Diagnosis = Waived,

            // One that was under way is asked for no more.
            GoalRevision = node.GoalRevision + (node.Diagnosis is { Outcome: DiagnosisOutcome.Running } ? 1 : 0),
            Departures = NodeFitnessMoved.Forgiven(node),
            PowerOn = node.PowerOn?.Anew(),
            Drain = repaired && node.Drain is { Cause: DrainCause.Order } ? null : node.Drain,
            OpenSince = repaired ? At : node.OpenSince,
        });
    }
}
