using Havm.Core.Records;

namespace Havm.Core.States;

/// <summary>The states of what holds automation back on purpose.</summary>
public static class AutomationStates
{
    public static StateRow Of(DisarmState state) => state switch
    {
        DisarmState.InForce => new(
            "its length, at most 72 h", "DisarmDecider", "nodes are searched for what people moved", "`havm arm`"),
        DisarmState.LookingAround => new(
            "as long as the look around may take", "DisarmDecider", "nodes are told that it is over", "`havm arm`"),
        DisarmState.Rearming => new(
            "T after the last node's acknowledgement; a node that is gone is proven dead or deleted", "DisarmDecider",
            "leases prove again", "`havm node confirm-dead` for a node that does not answer"),
        DisarmState.Over => StateRow.Rest("`havm disarm`"),
    };

    public static StateRow Of(LongLeaseState state) => state switch
    {
        LongLeaseState.Granted => new(
            "its length, at most 24 h, and T", "LongLeaseDecider", "leases prove again", "`havm controller release`"),
        LongLeaseState.Ending => new(
            "its whole length and T, or T after every node's acknowledgement", "LongLeaseDecider",
            "leases prove again", "`havm node confirm-dead` for a node that does not answer"),
        LongLeaseState.Over => StateRow.Rest("`havm controller hold`"),
    };
}
