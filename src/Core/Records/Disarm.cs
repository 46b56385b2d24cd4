using Havm.Model;

namespace Havm.Core.Records;

/// <summary>
/// Automation that an operator has switched off for a while (SAFETY: isolation policy). Durable before any node hears
/// of it, because from then on no lease may be taken for a proof.
/// </summary>
public sealed record Disarm
{
    /// <summary>What nodes are told now.</summary>
    public required Automation Word { get; init; }

    /// <summary>What was ordered: freeze or hands-off.</summary>
    public required AutomationMode Mode { get; init; }

    public required DisarmState State { get; init; }

    /// <summary>
    /// At some time of it people were told to move and start machines themselves: it ends by looking around.
    /// </summary>
    public bool HandsOn { get; init; }

    /// <summary>Who ordered it.</summary>
    public required string By { get; init; }

    /// <summary>When it was ordered, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// When it ends by itself, UTC: a deadline that must survive the controller. A wall clock that is set only moves
    /// the end; what may be concluded after it does not hang on any wall clock.
    /// </summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Who ordered what last, or why it is feared.</summary>
    public required Reason Why { get; init; }
}

/// <summary>The way of a disarm; a new one begins anew.</summary>
public enum DisarmState
{
    /// <summary>Nothing is started, stopped or fenced.</summary>
    InForce,

    /// <summary>
    /// It is over, and nodes hold still: each is searched for what people moved or started, and seats follow first. A
    /// node that was told at once would start again what is seated on it and runs elsewhere by now.
    /// </summary>
    LookingAround,

    /// <summary>It is over for this controller, and nodes are told; some may still hold to it.</summary>
    Rearming,

    /// <summary>Every node has acknowledged, and T has passed since: leases prove again.</summary>
    Over,
}
