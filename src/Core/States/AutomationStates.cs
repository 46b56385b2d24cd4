using Havm.Core.Leaders;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.States;

/// <summary>The states of the office that automation is made from, and of what holds it back on purpose.</summary>
public static class AutomationStates
{
    public static StateRow Of(CandidacyPhase phase) => phase switch
    {
        CandidacyPhase.Watching => StateRow.Rest("`havm status` says who leads; stop that process to have another"),
        CandidacyPhase.AskingLease or CandidacyPhase.Claiming => new(
            "the store's answer, within 0.5 s", "ElectionDecider",
            "it takes office, or lets others go first", "stop its process; `havm status` says who leads"),
        CandidacyPhase.Leading => new(
            "2.5 s after it sent the last keepalive that was answered; else none: it leads as long as the store "
                + "answers",
            "ElectionDecider", "it leaves office by its own clock before another may take it",
            "stop its process, after `havm controller hold` where there is no other"),
    };

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
