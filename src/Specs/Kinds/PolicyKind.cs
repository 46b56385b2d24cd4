using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Specs;

/// <summary>What holds for a whole cluster.</summary>
internal static class PolicyKind
{
    private const string OnlyName = "default";

    private static readonly LivenessPolicy Calm = new();

    private static readonly HealingPolicy Mild = new();

    private static readonly Member<LivenessPolicy, TimeSpan> SuspectAfter = Member.Optional(
        "suspectAfter", Time(1, 60), Calm.SuspectAfter, (LivenessPolicy p) => p.SuspectAfter,
        "Silence of a node after which evidence is gathered; at least two heartbeats.");

    private static readonly Member<LivenessPolicy, TimeSpan> LostAfter = Member.Optional(
        "lostAfter", Time(2, 600), Calm.LostAfter, (LivenessPolicy p) => p.LostAfter,
        "Silence after which a verdict is reached; more than suspectAfter.");

    private static readonly Member<LivenessPolicy, TimeSpan?> CutOffAfter = Member.Optional(
        "cutOffAfter", new NullableType<TimeSpan>(Time(1, 86_400), "never"), Calm.CutOffAfter,
        (LivenessPolicy p) => p.CutOffAfter,
        "How long a cut-off node whose instances are left running is spared before it is fenced.");

    private static readonly Member<LivenessPolicy, ImmutableArray<string>> IsolationAddresses = Member.Optional(
        "isolationAddresses", new ListType<string>(NetworkKind.MachineAddressType, 10, Key: ""), [],
        (LivenessPolicy p) => p.IsolationAddresses,
        "Addresses of the management network, such as its gateway and never a node's own, that every node asks by "
        + "ICMP echo each second. A cut-off node that reaches one or another controller, or that other nodes reach, is "
        + "`partitioned`, any other `isolated`; what is done is the same.");

    private static readonly Shape<LivenessPolicy> LivenessShape = new(
        [SuspectAfter, LostAfter, CutOffAfter, IsolationAddresses],
        v => new LivenessPolicy
        {
            SuspectAfter = v.Get(SuspectAfter),
            LostAfter = v.Get(LostAfter),
            CutOffAfter = v.Get(CutOffAfter),
            IsolationAddresses = v.Get(IsolationAddresses),
        },
        new Rule([SuspectAfter, LostAfter], CheckLiveness));

    private static readonly Member<HealingPolicy, int> Resets = Member.Optional(
        "resets", new IntegerType(0, 100), Mild.Resets, (HealingPolicy p) => p.Resets,
        "Resets in place per window; the next failure moves the instance to another node.");

    private static readonly Member<HealingPolicy, TimeSpan> Window = Member.Optional(
        "window", Time(60, 86_400), Mild.Window, (HealingPolicy p) => p.Window,
        "The time over which resets are counted.");

    private static readonly Member<HealingPolicy, TimeSpan> HangWait = Member.Optional(
        "hangWait", Time(5, 3600), Mild.HangWait, (HealingPolicy p) => p.HangWait,
        "Guest silence without any disk or network traffic that makes a guest hung.");

    private static readonly Member<HealingPolicy, TimeSpan?> StorageWait = Member.Optional(
        "storageWait", new NullableType<TimeSpan>(Time(10, 86_400), "never"), Mild.StorageWait,
        (HealingPolicy p) => p.StorageWait,
        "How long an instance may be without a disk before it is moved to a node that reaches the datastore.");

    private static readonly Member<HealingPolicy, bool> PowerOn = Member.Optional(
        "powerOn", FlagType.Instance, Mild.PowerOn, (HealingPolicy p) => p.PowerOn,
        "Whether a node that the cluster has switched off is powered on again; else a person does that.");

    private static readonly Shape<HealingPolicy> HealingShape = new(
        [Resets, Window, HangWait, StorageWait, PowerOn],
        v => new HealingPolicy
        {
            Resets = v.Get(Resets),
            Window = v.Get(Window),
            HangWait = v.Get(HangWait),
            StorageWait = v.Get(StorageWait),
            PowerOn = v.Get(PowerOn),
        });

    private static readonly Member<RecoveryPolicy, RetryPolicy> Retries = Member.Optional(
        "retries", RetryFields.Shape, new RetryPolicy(), (RecoveryPolicy p) => p.Retries,
        "What follows a start that failed; an instance may have its own.");

    private static readonly Member<RecoveryPolicy, RecoveryMode> Mode = Member.Optional(
        "mode", new WordType<RecoveryMode>(), new RecoveryPolicy().Mode, (RecoveryPolicy p) => p.Mode,
        "What comes first once a node is proven off. `recoverFirst`: its instances start elsewhere at once; "
        + "`rebootFirst`: the node is powered on, whoever switched it off, and they start there again.");

    private static readonly Member<RecoveryPolicy, TimeSpan> RebootWait = Member.Optional(
        "rebootWait", Time(60, 86_400), new RecoveryPolicy().RebootWait, (RecoveryPolicy p) => p.RebootWait,
        "How long instances wait for a node that is rebooted first, before they start elsewhere.");

    private static readonly Shape<RecoveryPolicy> RecoveryShape = new(
        [Retries, Mode, RebootWait],
        v => new RecoveryPolicy
        {
            Retries = v.Get(Retries), Mode = v.Get(Mode), RebootWait = v.Get(RebootWait),
        });

    private static readonly Member<PolicySpec, LivenessPolicy> Liveness = Member.Optional(
        "liveness", LivenessShape, Calm, (PolicySpec s) => s.Liveness, "How silence is judged.");

    private static readonly Member<PolicySpec, HealingPolicy> Healing = Member.Optional(
        "healing", HealingShape, Mild, (PolicySpec s) => s.Healing,
        "How far repair in place goes before it escalates.");

    private static readonly Member<PolicySpec, RecoveryPolicy> Recovery = Member.Optional(
        "recovery", RecoveryShape, new RecoveryPolicy(), (PolicySpec s) => s.Recovery,
        "How what went down comes up again.");

    private static readonly Member<PolicySpec, PlacementPolicy> Placement = Member.Optional(
        "placement", PlacementFields.Shape, PlacementFields.Calm, (PolicySpec s) => s.Placement,
        "Where instances go, how much is given away, and what moves those that run.");

    private static readonly Member<PolicySpec, MaintenancePolicy> Maintenance = Member.Optional(
        "maintenance", MaintenanceFields.Shape, MaintenanceFields.Usual, (PolicySpec s) => s.Maintenance,
        "What becomes of instances when their node goes in good order.");

    private static readonly Member<PolicySpec, NodeLifePolicy> NodeLife = Member.Optional(
        "nodeLife", NodeLifeFields.Shape, NodeLifeFields.Usual, (PolicySpec s) => s.NodeLife,
        "What is concluded from nodes that fail again and again, or have just come back.");

    private static readonly Member<PolicySpec, ImmutableArray<AutomationRule>> Observe = Member.Optional(
        "observe", new ListType<AutomationRule>(RuleType.Instance, RuleType.Count, Key: ""), [],
        (PolicySpec s) => s.Observe,
        "Rules that decide as always and only say what they would do, in events and `havm status`: nothing of it is "
        + "done until they act again.");

    private static readonly Member<PolicySpec, PredictionPolicy> Prediction = Member.Optional(
        "prediction", PredictionFields.Shape, PredictionFields.Usual, (PolicySpec s) => s.Prediction,
        "What is done about a node whose sensors say that it will fail.");

    public static readonly SpecKind Policy = new OnePolicy(new Shape<PolicySpec>(
        [Liveness, Healing, Recovery, Placement, Maintenance, NodeLife, Prediction, Observe],
        v => new PolicySpec
        {
            Liveness = v.Get(Liveness),
            Healing = v.Get(Healing),
            Recovery = v.Get(Recovery),
            Placement = v.Get(Placement),
            Maintenance = v.Get(Maintenance),
            NodeLife = v.Get(NodeLife),
            Observe = v.Get(Observe),
            Prediction = v.Get(Prediction),
        },
        new Rule([Recovery, Healing], CheckReboot)));

    private static DurationType Time(double min, double max) =>
        new(TimeSpan.FromSeconds(min), TimeSpan.FromSeconds(max));

    private static void CheckLiveness(Values values)
    {
        (TimeSpan suspect, TimeSpan lost) = (values.Get(SuspectAfter), values.Get(LostAfter));
        if (lost <= suspect)
        {
            string least = DurationType.Text(suspect + TimeSpan.FromSeconds(1));
            values.Refuse(
                "lostAfter",
                $"is {DurationType.Text(lost)}, not more than suspectAfter "
                + $"({DurationType.Text(suspect)})",
                $"write {least} or more");
        }
    }

    private static void CheckReboot(Values values)
    {
        if (values.Get(Recovery).Mode == RecoveryMode.RebootFirst && !values.Get(Healing).PowerOn)
        {
            values.Refuse(
                "recovery",
                "says mode: rebootFirst, and healing says powerOn: false: a node is rebooted by powering it on",
                "write powerOn: true, or mode: recoverFirst");
        }
    }

    /// <summary>There is one per cluster, so that nobody has to ask which of two holds.</summary>
    private sealed class OnePolicy(Shape<PolicySpec> shape) : SpecKind<PolicySpec>(
        "Policy", "The cluster's own numbers and choices; one object, named \"default\".", shape)
    {
        public override (string Reason, string Remedy)? CheckName(string objectName, Spec? spec) =>
            objectName == OnlyName
                ? null
                : ($"is \"{objectName}\", but a cluster has one Policy", $"write name: {OnlyName}");
    }
}
