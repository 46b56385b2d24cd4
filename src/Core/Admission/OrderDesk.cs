using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>
/// Takes people's orders: checks each whole, turns it into changes, and answers with what it did or with every reason
/// why not. The answer leaves only after the commit.
/// </summary>
public static partial class OrderDesk
{
    public static void Take(DecisionDraft draft, Input input, Instant now)
    {
        if (draft.Cluster.Office.Overruled is { } overruled)
        {
            if (RequestOf(input) is { } refused)
            {
                draft.Answer(refused, OrderOutcome.Refused(new SpecError(
                    $"Cluster/{draft.Cluster.Ledger.ClusterName}", "", overruled.Message,
                    "give the order to the newer controller")));
            }

            return;
        }

        (long Request, OrderOutcome Outcome)? answer = input switch
        {
            SpecsSubmitted order => (order.Request, Submit(draft, order, now)),
            SpecsDeleted order => (order.Request, Delete(draft, order, now)),
            ScaleOrder order => (order.Request, Scale(draft, order, now)),
            InstanceOrder order => (order.Request, Instance(draft, order, now)),
            MoveOrder order => (order.Request, MoveDesk.Move(draft, order, now)),
            BusyOrder order => (order.Request, BusyDesk.Mark(draft, order, now)),
            BusyEndOrder order => (order.Request, BusyDesk.End(draft, order, now)),
            ConfirmDeadOrder order => (order.Request, ConfirmDead(draft, order, now)),
            CordonOrder order => (order.Request, Cordon(draft, order, now)),
            DrainOrder order => (order.Request, DrainDesk.Drain(draft, order, now)),
            RepairOrder order => (order.Request, NodeLifeDesk.Repair(draft, order, now)),
            ReturnOrder order => (order.Request, NodeLifeDesk.Return(draft, order, now)),
            RetireOrder order => (order.Request, NodeLifeDesk.Retire(draft, order, now)),
            LongLeaseOrder order => (order.Request, LongLeaseDesk.Grant(draft, order, now)),
            LongLeaseEndOrder order => (order.Request, LongLeaseDesk.End(draft, order, now)),
            DisarmOrder order => (order.Request, DisarmDesk.Disarm(draft, order, now)),
            ArmOrder order => (order.Request, DisarmDesk.Arm(draft, order, now)),
            _ => null,
        };
        if (answer is { } given)
        {
            draft.Answer(given.Request, DisarmDesk.Told(draft.Cluster.Ledger, input, given.Outcome));
        }
    }

    private static long? RequestOf(Input input) => input switch
    {
        SpecsSubmitted order => order.Request,
        SpecsDeleted order => order.Request,
        ScaleOrder order => order.Request,
        InstanceOrder order => order.Request,
        MoveOrder order => order.Request,
        BusyOrder order => order.Request,
        BusyEndOrder order => order.Request,
        ConfirmDeadOrder order => order.Request,
        CordonOrder order => order.Request,
        DrainOrder order => order.Request,
        RepairOrder order => order.Request,
        ReturnOrder order => order.Request,
        RetireOrder order => order.Request,
        LongLeaseOrder order => order.Request,
        LongLeaseEndOrder order => order.Request,
        DisarmOrder order => order.Request,
        ArmOrder order => order.Request,
        _ => null,
    };

    private static OrderOutcome Submit(DecisionDraft draft, SpecsSubmitted order, Instant now)
    {
        var before = draft.Cluster.Ledger;
        var after = order.Objects.Aggregate(before, (ledger, item) => new SpecPut(item).Apply(ledger));
        var errors = SpecCheck.Check(after, order.Objects);
        if (!errors.IsEmpty)
        {
            return new OrderOutcome { Errors = errors };
        }

        var outcomes = ImmutableArray.CreateBuilder<ObjectOutcome>();
        var picture = draft.Cluster;
        foreach (var item in order.Objects)
        {
            var known = before.Specs.GetValueOrDefault(item.Key.ToString());
            var change = known is null ? ObjectChange.Created
                : SpecText.Same(known, item) ? ObjectChange.Unchanged
                : ObjectChange.Changed;
            outcomes.Add(new ObjectOutcome(item.Key.ToString(), change, ""));
            if (change != ObjectChange.Unchanged && !order.DryRun)
            {
                var why = new Reason("admission", "applied",
                    $"{order.Actor} {(change == ObjectChange.Created ? "created" : "changed")} {item.Key}");
                draft.Add(new Proposal(new SpecPut(item), why), now);
                Obey(draft, item, known, why, now);
            }
        }

        var changed = order.Objects.Where((_, i) => outcomes[i].Change != ObjectChange.Unchanged);
        return new OrderOutcome
        {
            Objects = outcomes.ToImmutable(), Warnings = Warnings.About(picture, after, changed),
        };
    }

    /// <summary>A VirtualMachine whose wanted state was edited overrules an earlier start or stop order.</summary>
    private static void Obey(DecisionDraft draft, SpecObject item, SpecObject? known, Reason why, Instant now)
    {
        if (item.Spec is VirtualMachineSpec vm && known?.Spec is VirtualMachineSpec old && vm.Wanted != old.Wanted
            && draft.Cluster.Ledger.Instances.ContainsKey(new InstanceName(item.Metadata.Name)))
        {
            draft.Add(new Proposal(
                new InstanceOrdered(new InstanceName(item.Metadata.Name), vm.Wanted, false), why, Impact.Restart), now);
        }
    }

    private static OrderOutcome Delete(DecisionDraft draft, SpecsDeleted order, Instant now)
    {
        var ledger = draft.Cluster.Ledger;
        var after = order.Keys.Aggregate(ledger, (l, key) => new SpecRemoved(key).Apply(l));
        var unknown = order.Keys.Where(k => !ledger.Specs.ContainsKey(k.ToString()))
            .Select(k => Absent.Of(ledger, k));
        var before = SpecCheck.Check(ledger, [.. ledger.Specs.Values]);
        var used = SpecCheck.Check(after, [.. after.Specs.Values])
            .Except(before)
            .Select(e => e with { Remedy = $"delete {e.Object} too, or first" });
        ImmutableArray<SpecError> errors = [.. unknown, .. used, .. order.Keys.SelectMany(k => Held(ledger, k))];
        if (!errors.IsEmpty)
        {
            return new OrderOutcome { Errors = errors };
        }

        foreach (var key in order.Keys.Where(_ => !order.DryRun))
        {
            draft.Add(new Proposal(new SpecRemoved(key),
                new Reason("admission", "deleted", $"{order.Actor} deleted {key}"), Impact.Restart), now);
        }

        return new OrderOutcome
        {
            Objects =
            [
                .. order.Keys.Select(k => new ObjectOutcome(k.ToString(), ObjectChange.Removed, Leaving(ledger, k))),
            ],
        };
    }

    private static string Leaving(Ledger ledger, SpecKey key) =>
        ledger.Instances.Values.Where(i => i.Owner == key).Select(i => i.Name.Value).ToList() switch
        {
            [] => "",
            [var one] => $"{one} is shut down, and gone once it is proven stopped",
            var all => $"{Count.Of(all.Count, "instance")} are shut down, and gone once they are proven stopped",
        };

    /// <summary>A node that holds instances is needed: without its object nobody could fence it.</summary>
    private static IEnumerable<SpecError> Held(Ledger ledger, SpecKey key)
    {
        var held = key.Kind == "Node"
            ? ledger.Instances.Touching(new NodeName(key.Name)).Select(i => i.Name).ToList()
            : [];
        if (held.Count > 0)
        {
            yield return new SpecError(key.ToString(), "",
                $"holds {Count.Of(held.Count, "instance")}: {string.Join(", ", held.Take(5))}"
                    + (held.Count > 5 ? ", ..." : ""),
                "cordon it and stop or delete them first; once they have stopped, delete it");
        }
    }

    private static OrderOutcome Scale(DecisionDraft draft, ScaleOrder order, Instant now)
    {
        var key = new SpecKey("Service", order.Service);
        if (draft.Cluster.Ledger.Specs.GetValueOrDefault(key.ToString()) is not { Spec: ServiceSpec service } known)
        {
            return OrderOutcome.Refused(
                new SpecError(key.ToString(), "", "does not exist", "`havm service list` lists what does"));
        }

        var index = service.Roles.IndexOf(service.Roles.FirstOrDefault(r => r.Name == order.Role)!);
        if (index < 0)
        {
            return OrderOutcome.Invalid(new SpecError(key.ToString(), "spec.roles", $"has no role {order.Role}",
                $"name one of: {string.Join(", ", service.Roles.Select(r => r.Name))}"));
        }

        if (order.Instances is < 0 or > 1000)
        {
            return OrderOutcome.Invalid(new SpecError(key.ToString(), $"spec.roles[{index}].instances",
                $"{order.Instances} is out of bounds", "write 0 to 1000"));
        }

        var had = service.Roles[index].Instances;
        var roles = service.Roles.SetItem(index, service.Roles[index] with { Instances = order.Instances });
        var outcome = Submit(draft, new SpecsSubmitted(
            order.Request, [known with { Spec = service with { Roles = roles } }], false, order.Actor), now);
        var message = had == order.Instances
            ? $"role {order.Role} has {Count.Of(had, "instance")} already"
            : $"role {order.Role} goes from {had} to {Count.Of(order.Instances, "instance")}";
        return outcome with { Objects = [.. outcome.Objects.Select(o => o with { Message = message })] };
    }
}
