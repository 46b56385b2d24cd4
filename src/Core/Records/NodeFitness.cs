using Havm.Model;

namespace Havm.Core.Records;

/// <summary>
/// Whether a node is trusted with new seats. An axis of its own, apart from whether it is heard: it never stops what
/// runs, and no verdict, fence order or proof looks at it.
/// </summary>
public enum NodeFitness
{
    /// <summary>It takes seats.</summary>
    Fit,

    /// <summary>
    /// It came back after it had failed, or was given back by an operator: it takes a seat only where no fit node can,
    /// until it has been up for a while and its diagnosis found nothing bad.
    /// </summary>
    Probation,

    /// <summary>It has failed too often in a short time: it takes no new seats for a while.</summary>
    Quarantine,

    /// <summary>A person has to look at the machine: it takes no new seats, and is not powered on.</summary>
    OutForRepair,

    /// <summary>It is to leave the cluster: it takes no seats any more, and is not powered on.</summary>
    Retired,
}

/// <summary>Why a node is not fit, and until when.</summary>
/// <param name="Is">Never <see cref="NodeFitness.Fit"/>: that is no note at all.</param>
/// <param name="Why">In words.</param>
/// <param name="Since">UTC.</param>
/// <param name="By">Who put it there, and so who may end it.</param>
public sealed record FitnessNote(NodeFitness Is, Reason Why, DateTimeOffset Since, FitnessCause By)
{
    /// <summary>
    /// When it ends by itself, UTC: it must survive the controller, and a wall clock that was set only moves a wish.
    /// Null: a person ends it, or its time begins when the node is up.
    /// </summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>
    /// Automation put it there because its sensors say that it will fail: it may be emptied, and counts towards the
    /// most that may be kept away, until a diagnosis or a person ends that.
    /// </summary>
    public bool ForRisk { get; init; }
}

public enum FitnessCause
{
    /// <summary>A rule of the policy's nodeLife.</summary>
    Automation,

    /// <summary>An order.</summary>
    Operator,
}

/// <summary>One time that a node went without having said so.</summary>
/// <param name="At">UTC.</param>
/// <param name="Kind">How that was seen.</param>
/// <param name="Boot">The boot that went.</param>
/// <param name="Why">The verdict, with its evidence.</param>
public sealed record NodeDeparture(DateTimeOffset At, DepartureKind Kind, BootId? Boot, Reason Why)
{
    /// <summary>The incident that was open about it; null: it ran nothing.</summary>
    public string? Incident { get; init; }

    /// <summary>When it was heard again, UTC; null: not yet.</summary>
    public DateTimeOffset? BackAt { get; init; }

    /// <summary>
    /// Many went together: that says nothing of this node, and it is not counted against it.
    /// </summary>
    public bool Shared { get; init; }

    /// <summary>Its quarantine is over, or an operator gave the node back: not counted any more.</summary>
    public bool Forgiven { get; init; }

    /// <summary>Whether it is held against the node.</summary>
    public bool Counts => !Shared && !Forgiven;
}

public enum DepartureKind
{
    /// <summary>It fell silent for long enough to be judged.</summary>
    Lost,

    /// <summary>It spoke from a new boot before anybody had judged its silence.</summary>
    Rebooted,
}
