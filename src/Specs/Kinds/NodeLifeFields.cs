using Havm.Model;

namespace Havm.Specs;

/// <summary>The policy's section about nodes that fail again and again, or have just come back.</summary>
internal static class NodeLifeFields
{
    public static readonly NodeLifePolicy Usual = new();

    private static readonly Member<NodeLifePolicy, bool> Automatic = Member.Optional(
        "automatic", FlagType.Instance, Usual.Automatic, (NodeLifePolicy p) => p.Automatic,
        "False: no node is put into quarantine, probation or out for repair but by order.");

    private static readonly Member<NodeLifePolicy, int> Departures = Member.Optional(
        "departures", new IntegerType(2, 16), Usual.Departures, (NodeLifePolicy p) => p.Departures,
        "Times that a node goes unannounced, `within` which it is put into quarantine.");

    private static readonly Member<NodeLifePolicy, TimeSpan> Within = Member.Optional(
        "within", Time(60, 7), Usual.Within, (NodeLifePolicy p) => p.Within,
        "The time over which departures are counted.");

    private static readonly Member<NodeLifePolicy, TimeSpan> Quarantine = Member.Optional(
        "quarantine", Time(60, 7), Usual.Quarantine, (NodeLifePolicy p) => p.Quarantine,
        "How long a quarantine lasts; at least the probation that follows it.");

    private static readonly Member<NodeLifePolicy, int> AtMost = Member.Optional(
        "atMost", new IntegerType(0, 50), Usual.AtMost, (NodeLifePolicy p) => p.AtMost,
        "The most nodes in quarantine at a time, in percent of all; one may be, where this is not 0.");

    private static readonly Member<NodeLifePolicy, TimeSpan> Probation = Member.Optional(
        "probation", Time(0, 1), Usual.Probation, (NodeLifePolicy p) => p.Probation,
        "How long a node that came back must have been up before it is as good as any; until then it takes an instance "
        + "only where no other node can.");

    private static readonly Member<NodeLifePolicy, bool> Diagnose = Member.Optional(
        "diagnose", FlagType.Instance, Usual.Diagnose, (NodeLifePolicy p) => p.Diagnose,
        "A node that came back, or is kept away for what its sensors say, is fit only after a diagnosis that found "
        + "nothing bad.");

    private static readonly Member<NodeLifePolicy, TimeSpan> DiagnoseWithin = Member.Optional(
        "diagnoseWithin", new DurationType(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(30)), Usual.DiagnoseWithin,
        (NodeLifePolicy p) => p.DiagnoseWithin,
        "When the answer of a diagnosis is due; the host looks for half of that time.");

    private static readonly Member<NodeLifePolicy, TimeSpan> DiagnoseAgain = Member.Optional(
        "diagnoseAgain", Time(60, 1), Usual.DiagnoseAgain, (NodeLifePolicy p) => p.DiagnoseAgain,
        "After how long a diagnosis that failed, or was not answered, is made again.");

    public static readonly Shape<NodeLifePolicy> Shape = new(
        [Automatic, Departures, Within, Quarantine, AtMost, Probation, Diagnose, DiagnoseWithin, DiagnoseAgain],
        v => new NodeLifePolicy
        {
            Automatic = v.Get(Automatic),
            Departures = v.Get(Departures),
            Within = v.Get(Within),
            Quarantine = v.Get(Quarantine),
            AtMost = v.Get(AtMost),
            Probation = v.Get(Probation),
            Diagnose = v.Get(Diagnose),
            DiagnoseWithin = v.Get(DiagnoseWithin),
            DiagnoseAgain = v.Get(DiagnoseAgain),
        },
        new Rule([Quarantine, Probation], Check));

    private static DurationType Time(double seconds, double days) =>
        new(TimeSpan.FromSeconds(seconds), TimeSpan.FromDays(days));

    /// <summary>The lighter measure would outlast the heavier.</summary>
    private static void Check(Values values)
    {
        (TimeSpan quarantine, TimeSpan probation) = (values.Get(Quarantine), values.Get(Probation));
        if (quarantine < probation)
        {
            values.Refuse(
                "quarantine",
                $"is {DurationType.Text(quarantine)}, less than probation "
                + $"({DurationType.Text(probation)})",
                $"write {DurationType.Text(probation)} or more");
        }
    }
}
