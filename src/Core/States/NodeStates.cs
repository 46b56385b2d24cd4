using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.States;

/// <summary>The states of a node: whether it is heard, whether it is trusted, and what becomes of its power.</summary>
public static class NodeStates
{
    public static StateRow Of(NodePhase phase) => phase switch
    {
        NodePhase.Unseen => new(
            "none: nothing is placed on it before it is heard", "the machine's own agent",
            "its first word brings it up", "`havm doctor` on the machine; `havm delete Node/NAME`"),
        NodePhase.Up => StateRow.Rest("`havm node cordon`, `havm node drain`, `havm node repair`"),
        NodePhase.Lost => new(
            "`liveness.cutOffAfter` where instances are bound to it; else none: no proof can be had, and incidents "
                + "show it",
            "FencingDecider", "evidence is gathered and it is powered off until a proof is had, or it is heard again",
            "`havm node confirm-dead`"),
        NodePhase.Dead => new(
            "three power-on orders a minute apart, and 15 min for the last of them to boot", "PowerOnDecider",
            "what our order switched off, or instances wait for, is powered on; then it is out for repair",
            "`havm node return`, `havm node repair`"),
        NodePhase.DownByOrder => new(
            "15 min after a reboot was announced; none after a shutdown whose instances "
                + "wait, or in maintenance: a person works on it",
            "LivenessDecider", "its next boot brings it up; past the limit it is judged as any silent node",
            "`havm node confirm-dead`"),
    };

    /// <summary>Storage that refuses a node, or was told to.</summary>
    public static StateRow Of(StorageCutState state) => state switch
    {
        StorageCutState.Ordered => new(
            "the method's `timeout`, then it is told again", "StorageFenceDecider",
            "it is read until it refuses; where the node is heard again before, it is given back; Off that did not "
                + "come of our order proves nothing, and `havm node show` says so",
            "`havm node confirm-dead`"),
        StorageCutState.Refusing => new(
            "none: the page cache of that boot may hold old writes, and `havm node show` says so", "an operator",
            "the node's next boot gets it back; that the old one was let in again is told",
            "reboot the machine; `havm node show`"),
        StorageCutState.GivingBack => new(
            "the method's `timeout`, then it is told again", "StorageFenceDecider",
            "it says that it takes the node's writes",
            "give it back by hand; `havm apply` of a Node that no longer names the method"),
    };

    public static StateRow Of(NodeFitness fitness) => fitness switch
    {
        NodeFitness.Fit => StateRow.Rest("`havm node repair`, `havm node retire`"),
        NodeFitness.Probation => new(
            "`nodeLife.probation` of being up, and a diagnosis that passed", "FitnessDecider",
            "it is fit, unless it goes again before, or its diagnosis fails", "`havm node return --now`"),
        NodeFitness.Quarantine => new(
            "`nodeLife.quarantine`, or at once when an instance would stay down for it; where a diagnosis has put it "
                + "there, or its sensors have, until one passes",
            "FitnessDecider", "probation, or out for repair when its diagnosis finds a broken part",
            "`havm node return`"),
        NodeFitness.OutForRepair => new(
            "none: a person looks at the machine, and `havm status` names it until then", "an operator",
            "it is given back and serves probation, or is retired", "`havm node return`, `havm node retire`"),
        NodeFitness.Retired => new(
            "none: it holds nothing", "an operator", "its object is deleted", "`havm delete`, `havm node return`"),
    };

    public static StateRow Of(DiagnosisOutcome outcome) => outcome switch
    {
        DiagnosisOutcome.Running => new(
            "`nodeLife.diagnoseWithin`", "DiagnosisDecider", "its answer, or it counts as unanswered",
            "`havm node return --without-diagnosis`"),
        DiagnosisOutcome.Passed => StateRow.Rest("`havm node repair`"),
        DiagnosisOutcome.Failed => new(
            "`nodeLife.diagnoseAgain`; none where a part is broken: it has to be replaced", "DiagnosisDecider",
            "it is made again; a broken part puts the node out for repair",
            "`havm node return`, `havm node return --without-diagnosis`"),
        DiagnosisOutcome.Unanswered => new(
            "`nodeLife.diagnoseAgain`", "DiagnosisDecider", "it is made again",
            "`havm node return --without-diagnosis`"),
        DiagnosisOutcome.Waived => StateRow.Rest("`havm node repair`"),
    };

    public static StateRow Of(RiskLevel level) => level switch
    {
        RiskLevel.None => StateRow.Rest("`havm node repair`"),
        RiskLevel.Watch => new(
            "none: its sensors say it as long as it is so, and `havm node show` tells", "RiskDecider",
            "it is forgotten once its sensors say nothing, or grows", "`havm node drain`, `havm node repair`"),
        RiskLevel.Likely => new(
            "none: its sensors say it as long as it is so, and `havm status` names it; `prediction.mode` says what "
                + "follows",
            "RiskMoveDecider", "it is told, cordoned, or emptied and diagnosed",
            "`havm node drain`, `havm node repair`"),
    };

    /// <summary>By the words that <see cref="Recovery.PowerOnDecider.Outlook"/> tells.</summary>
    public static IReadOnlyList<(string State, StateRow Row)> PowerOn { get; } =
    [
        ("notOurs", new(
            "none: whoever switched it off switches it on", "an operator", "its next boot brings it up",
            "`havm node show` says so; switch it on by hand")),
        ("powerOnDue", new("the same round", "PowerOnDecider", "it is powered on", "`havm node cordon` holds it")),
        ("powerOnOrdered", new(
            "60 s until its BMC says On", "PowerOnDecider", "ordered again, three times at most",
            "`havm node cordon` holds the next")),
        ("powerCameOn", new(
            "15 min until its new boot is heard", "PowerOnDecider", "a person is told", "`havm node cordon`")),
        ("heldByCordon", new("none: somebody may be at work there", "an operator", "it is powered on",
            "`havm node uncordon`")),
        ("heldByRepair", new("none: somebody looks at it", "an operator", "it is powered on", "`havm node return`")),
        ("heldByPolicy", new("none: the policy says so", "an operator", "switched on by hand, or by another policy",
            "`havm apply`")),
        ("heldWithoutBmc", new("none: nothing can power it on", "an operator", "its object names a BMC again",
            "`havm apply`")),
        ("staysDark", new(
            "none: three orders did not help, and `havm status` names it", "an operator", "it is out for repair",
            "`havm node return`")),
    ];
}
