using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Disarming;
using Havm.Core.Fencing;
using Havm.Core.Liveness;
using Havm.Core.NodeLife;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Recovery;

/// <summary>
/// Brings back a node that an order of ours has switched off, once that boot is proven dead: powers it on, a few times,
/// and then tells a person. Who was switched off by anybody else is left off, unless instances wait for it by policy
/// (reboot first), and so is a cordoned node, or one out for repair: somebody may have his hands in it.
/// </summary>
public static class PowerOnDecider
{
    /// <summary>Orders for one dead boot; after them it takes a person.</summary>
    public const int Tries = 3;

    /// <summary>Time between two power-on orders while the BMC does not say On.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromSeconds(60);

    /// <summary>How long a machine whose power is on may take until its new boot is heard.</summary>
    public static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(15);

    /// <summary>
    /// A boot that is read off this soon after a BMC took an order of ours was ended by that order, also when its proof
    /// or its first word came before the answer. BMCs cut the power within seconds of taking the order.
    /// </summary>
    public static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(30);

    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            if (node is { Phase: NodePhase.Dead, PowerOn: { } note }
                && Next(cluster, node, note, cluster.HeardOf(node.Name), now) is { } proposal)
            {
                yield return proposal;
            }
        }
    }

    /// <summary>
    /// Whether an order may still be sent: the runner asks once more, with the newest picture, just before it does.
    /// </summary>
    public static bool Stands(Cluster cluster, PowerOn command) =>
        cluster.Office.Overruled is null && DisarmRule.InForce(cluster.Ledger) is null && cluster.Policy.Healing.PowerOn
        && !cluster.Policy.Observe.Contains(AutomationRule.PowerOn)
        && cluster.Ledger.Nodes.GetValueOrDefault(command.Node) is
            { Phase: NodePhase.Dead, Cordoned: false, PowerOn: { IsOurs: true, GivenUp: false } note } node
        && node.Fit is not (NodeFitness.OutForRepair or NodeFitness.Retired)
        && node.Boot == command.Boot && note.Boot == command.Boot && note.Tries == command.Try
        && cluster.Ledger.NodeSpecOf(command.Node)?.Rungs is { } ladder
        && command.Rung < ladder.Length && ladder[command.Rung] == command.Method
        && !SpeaksAnew(node, cluster.HeardOf(command.Node));

    /// <summary>What becomes of a dead node's power, for people; null while the node is not dead.</summary>
    public static Reason? Outlook(NodeRecord node) => node switch
    {
        { Phase: not NodePhase.Dead } => null,
        { PowerOn: null } => new Reason("recovery", "notOurs",
            $"{node.Name} stays off: switching it on is left to the operator who confirmed that it is"),
        { PowerOn.IsOurs: false } => new Reason("recovery", "notOurs",
            $"{node.Name} stays off: its BMC has taken no power-off order of ours, "
                + "so it is left to whoever switched it off; switch it on by hand once it is fit"),
        { PowerOn.Why: { } why } => why,
        _ => new Reason("recovery", "powerOnDue", $"{node.Name} is to be powered on again"),
    };

    private static Proposal? Next(Cluster cluster, NodeRecord node, PowerOnNote note, NodeHeard heard, Instant now)
    {
        if (!note.IsOurs)
        {
            return heard.SwitchedOff is { } late && now - late.At < Aftermath ? Due(node, note, late) : null;
        }

        if (note.GivenUp || SpeaksAnew(node, heard))
        {
            return null;
        }

        if (Obstacle(cluster, node) is { } obstacle)
        {
            return note.Why == obstacle
                ? null
                : new Proposal(new PowerOnHeld(node.Name, note.Boot, obstacle), obstacle);
        }

        return note.Tries == 0
            ? Order(cluster, node, note, heard)
            : Follow(cluster, node, note, heard, now);
    }

    /// <summary>
    /// What follows on an order that was sent: its end is awaited, it is repeated, or a person is told.
    /// </summary>
    private static Proposal? Follow(
        Cluster cluster, NodeRecord node, PowerOnNote note, NodeHeard heard, Instant now)
    {
        // What an earlier leader ordered is waited for from taking office on: its clock was another.
        var at = heard.PowerOnSentAt ?? cluster.Office.Since;
        var says = Ladder.Says(cluster, node.Name, heard, at);
        if (says == PowerState.On && !note.CameOn)
        {
            var on = new Reason("recovery", "powerCameOn",
                $"{node.Name} was powered on again and its BMC says On: its new boot is awaited");
            return new Proposal(new PowerCameOn(node.Name, note.Boot, on), on) { Told = false };
        }

        var wentOff = note.CameOn && says == PowerState.Off;
        if (now - at < (note.CameOn && !wentOff ? BootLimit : Again))
        {
            return PowerQuestion.WhileDark(cluster, node, heard, now);
        }

        // A power-off order of ours that was slow may have met the fresh boot; else somebody else switched it off.
        var byUs = heard.SwitchedOff is { } late && late.At >= at;
        return (!note.CameOn || (wentOff && byUs)) && note.Tries < Tries
            ? Order(cluster, node, note, heard)
            : GiveUp(node, note, heard, wentOff && !byUs, says);
    }

    /// <summary>Its next boot has spoken and is about to be taken on record.</summary>
    private static bool SpeaksAnew(NodeRecord node, NodeHeard heard) =>
        heard.Boot is { } boot && boot != node.Boot;

    private static Reason? Obstacle(Cluster cluster, NodeRecord node) =>
        node.Cordoned
            ? new Reason("recovery", "heldByCordon",
                $"{node.Name} is not powered on: it is cordoned, so somebody may be at work there; "
                    + $"`havm node uncordon {node.Name}` lets it be powered on again")
        : node.Fitness is { Is: NodeFitness.OutForRepair or NodeFitness.Retired } note
            ? new Reason("recovery", "heldByRepair",
                $"{node.Name} is not powered on: it is {FitnessRule.Place(note.Is)}; "
                    + $"`havm node return {node.Name}` has it powered on again")
        : !cluster.Policy.Healing.PowerOn
            ? new Reason("recovery", "heldByPolicy",
                $"{node.Name} is not powered on: the policy says healing.powerOn: false; switch it on by hand")
        : cluster.Ledger.NodeSpecOf(node.Name)?.Rungs is not { IsEmpty: false }
            ? new Reason("recovery", "heldWithoutBmc",
                $"{node.Name} is not powered on: its object names no BMC any more; "
                    + "name it again, or switch the machine on by hand")
        : null;

    private static Proposal Due(NodeRecord node, PowerOnNote note, SwitchedOff off)
    {
        var why = new Reason("recovery", "powerOnDue",
            $"{node.Name} went off by order {off.Order} of ours: it is to be powered on again");
        return new Proposal(new PowerOnDue(node.Name, note.Boot, off.Order, off.Rung), why) { Told = false };
    }

    private static Proposal Order(Cluster cluster, NodeRecord node, PowerOnNote note, NodeHeard heard)
    {
        var next = note.Tries + 1;
        var why = new Reason("recovery", "powerOnOrdered",
            $"{node.Name} is powered on again (try {next} of {Tries}): "
                + (note.Order is { } order ? $"order {order} of ours has ended boot {note.Boot}"
                    : "instances wait for it, and the policy says that it is rebooted first"))
        {
            Evidence = [new("fencing", node.Why.Message), .. LastAnswer(heard)],
        };
        var ladder = cluster.Ledger.NodeSpecOf(node.Name)!.Rungs;
        return new Proposal(new PowerOnOrdered(node.Name, note.Boot, why, cluster.Wall), why)
        {
            Commands =
            [
                .. Switches(ladder, note).Select(
                    place => new PowerOn(node.Name, ladder[place], note.Boot, next) { Rung = place }),
            ],
        };
    }

    /// <summary>
    /// What our order has switched off; behind outlets the machine itself too, which need not start by their power
    /// alone. The highest first: a BMC without power takes no order.
    /// </summary>
    private static IEnumerable<int> Switches(ImmutableArray<FenceMethod> ladder, PowerOnNote note)
    {
        var off = note.By.Where(place => place < ladder.Length).DefaultIfEmpty(0).ToList();
        var machine = off.Any(place => !ladder[place].SeesMachine)
            ? Enumerable.Range(0, ladder.Length).Where(place => ladder[place].SeesMachine).Take(1)
            : [];
        return off.Union(machine).OrderBy(place => ladder[place].SeesMachine).ThenByDescending(place => place);
    }

    /// <param name="node">Which.</param>
    /// <param name="note">What was ordered.</param>
    /// <param name="heard">What was heard of it.</param>
    /// <param name="byOthers">It came on and somebody else switched it off again.</param>
    /// <param name="says">What its BMC says since the last order; null: nothing.</param>
    private static Proposal GiveUp(
        NodeRecord node, PowerOnNote note, NodeHeard heard, bool byOthers, PowerState? says)
    {
        var what = (byOthers, says) switch
        {
            (true, _) => "it was on then, and went off again by no order of ours: "
                + "switch it on by hand once it is fit",
            (_, PowerState.Off) => "its BMC still says Off: look at the machine and switch it on by hand",
            _ when note.CameOn => $"its BMC said On, and no boot was heard for {BootLimit.TotalMinutes:0} min "
                + "after the last order: look at its console and its network",
            _ => "its BMC does not say whether it is on: look at both and switch the machine on by hand",
        };
        var why = new Reason("recovery", "staysDark",
            $"{node.Name} stays dark: power-on was ordered {Count.Of(note.Tries, "time")}, {what}; "
                + $"`havm node return {node.Name}` has it tried anew, or `cordon` and then `uncordon`")
        {
            Evidence = [new("fencing", node.Why.Message), .. LastAnswer(heard)],
        };
        return new Proposal(new PowerOnGivenUp(node.Name, note.Boot, why), why);
    }

    private static IEnumerable<Evidence> LastAnswer(NodeHeard heard)
    {
        if (heard.PowerOnTrouble.Length > 0)
        {
            yield return new("bmc", heard.PowerOnTrouble);
        }

        foreach (var rung in heard.Rungs)
        {
            if (rung.Power is [.., var newest])
            {
                yield return new("bmc", newest.Trouble.Length > 0 ? newest.Trouble : $"says {newest.State}");
            }
        }
    }
}
