using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Fencing;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>
/// Takes people's orders: checks each whole, turns it into changes, and answers with what it did or with every reason
/// why not. The answer leaves only after the commit.
/// </summary>
public static class OrderDesk
{
    public static void Take(DecisionDraft draft, Input input, Instant now)
    {
        (long Request, OrderOutcome Outcome)? answer = input switch
        {
            SpecsSubmitted order => (order.Request, Submit(draft, order, now)),
            SpecsDeleted order => (order.Request, Delete(draft, order, now)),
            ScaleOrder order => (order.Request, Scale(draft, order, now)),
            InstanceOrder order => (order.Request, Instance(draft, order, now)),
            ConfirmDeadOrder order => (order.Request, ConfirmDead(draft, order, now)),
            CordonOrder order => (order.Request, Cordon(draft, order, now)),
            _ => null,
        };
        if (answer is { } given)
        {
            draft.Answer(given.Request, given.Outcome);
        }
    }

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
        foreach (var item in order.Objects)
        {
            var known = before.Specs.GetValueOrDefault(item.Key.ToString());
            var change = known is null ? ObjectChange.Created : SpecText.Same(known, item) ? ObjectChange.Unchanged : ObjectChange.Changed;
            outcomes.Add(new ObjectOutcome(item.Key.ToString(), change, ""));
            if (change != ObjectChange.Unchanged && !order.DryRun)
            {
                var why = new Reason("admission", "applied", $"{order.Actor} {(change == ObjectChange.Created ? "created" : "changed")} {item.Key}");
                draft.Add(new Proposal(new SpecPut(item), why), now);
                Obey(draft, item, known, why, now);
            }
        }

        return new OrderOutcome { Objects = outcomes.ToImmutable(), Warnings = Warnings.About(after, order.Objects) };
    }

    /// <summary>A VirtualMachine whose wanted state was edited overrules an earlier start or stop order.</summary>
    private static void Obey(DecisionDraft draft, SpecObject item, SpecObject? known, Reason why, Instant now)
    {
        if (item.Spec is VirtualMachineSpec vm && known?.Spec is VirtualMachineSpec old && vm.Wanted != old.Wanted
            && draft.Cluster.Ledger.Instances.ContainsKey(new InstanceName(item.Metadata.Name)))
        {
            draft.Add(new Proposal(new InstanceOrdered(new InstanceName(item.Metadata.Name), vm.Wanted, false), why, Impact.Restart), now);
        }
    }

    private static OrderOutcome Delete(DecisionDraft draft, SpecsDeleted order, Instant now)
    {
        var ledger = draft.Cluster.Ledger;
        var after = order.Keys.Aggregate(ledger, (l, key) => new SpecRemoved(key).Apply(l));
        var unknown = order.Keys.Where(k => !ledger.Specs.ContainsKey(k.ToString()))
            .Select(k => new SpecError(k.ToString(), "", "does not exist", $"`havm get {k.Kind}` lists what does"));
        var used = SpecCheck.Check(after, [.. after.Specs.Values])
            .Select(e => e with { Remedy = $"delete {e.Object} too, or first" });
        ImmutableArray<SpecError> errors = [.. unknown, .. used];
        if (!errors.IsEmpty)
        {
            return new OrderOutcome { Errors = errors };
        }

        foreach (var key in order.Keys.Where(_ => !order.DryRun))
        {
            draft.Add(new Proposal(new SpecRemoved(key), new Reason("admission", "deleted", $"{order.Actor} deleted {key}"), Impact.Restart), now);
        }

        return new OrderOutcome { Objects = [.. order.Keys.Select(k => new ObjectOutcome(k.ToString(), ObjectChange.Removed, ""))] };
    }

    private static OrderOutcome Scale(DecisionDraft draft, ScaleOrder order, Instant now)
    {
        var key = new SpecKey("Service", order.Service);
        if (draft.Cluster.Ledger.Specs.GetValueOrDefault(key.ToString()) is not { Spec: ServiceSpec service } known)
        {
            return OrderOutcome.Refused(new SpecError(key.ToString(), "", "does not exist", "`havm service list` lists what does"));
        }

        var index = service.Roles.IndexOf(service.Roles.FirstOrDefault(r => r.Name == order.Role)!);
        if (index < 0)
        {
            return OrderOutcome.Refused(new SpecError(key.ToString(), "spec.roles", $"has no role {order.Role}",
                $"name one of: {string.Join(", ", service.Roles.Select(r => r.Name))}"));
        }

        if (order.Instances is < 0 or > 1000)
        {
            return OrderOutcome.Refused(new SpecError(key.ToString(), $"spec.roles[{index}].instances", $"{order.Instances} is out of bounds", "write 0 to 1000"));
        }

        var roles = service.Roles.SetItem(index, service.Roles[index] with { Instances = order.Instances });
        return Submit(draft, new SpecsSubmitted(order.Request, [known with { Spec = service with { Roles = roles } }], false, order.Actor), now);
    }

    private static OrderOutcome Instance(DecisionDraft draft, InstanceOrder order, Instant now)
    {
        if (!draft.Cluster.Ledger.Instances.TryGetValue(order.Instance, out var instance))
        {
            return OrderOutcome.Refused(new SpecError($"Instance/{order.Instance}", "", "does not exist", "`havm vm list` lists what does"));
        }

        if (instance.Leaving)
        {
            return OrderOutcome.Refused(new SpecError($"Instance/{order.Instance}", "", "is being deleted", "apply its object again to keep it"));
        }

        if (order.Verb == InstanceVerb.Restart && instance.Wanted == WantedState.Stopped)
        {
            return OrderOutcome.Refused(new SpecError($"Instance/{order.Instance}", "", "is stopped", $"`havm vm start {order.Instance}` starts it"));
        }

        var wanted = order.Verb == InstanceVerb.Stop ? WantedState.Stopped : WantedState.Running;
        var word = order.Verb.ToString().ToLowerInvariant();
        var why = new Reason("admission", word + "Ordered", $"{order.Actor} ordered: {word} {order.Instance}");
        var restart = order.Verb == InstanceVerb.Restart;
        if (!restart && instance.Wanted == wanted)
        {
            return new OrderOutcome { Objects = [new($"Instance/{order.Instance}", ObjectChange.Unchanged, $"is already wanted {wanted.ToString().ToLowerInvariant()}")] };
        }

        draft.Add(new Proposal(new InstanceOrdered(order.Instance, wanted, restart), why, Impact.Restart), now);
        return new OrderOutcome { Objects = [new($"Instance/{order.Instance}", ObjectChange.Changed, "ordered")] };
    }

    private static OrderOutcome ConfirmDead(DecisionDraft draft, ConfirmDeadOrder order, Instant now)
    {
        var name = $"Node/{order.Node}";
        if (!draft.Cluster.Ledger.Nodes.TryGetValue(order.Node, out var node))
        {
            return OrderOutcome.Refused(new SpecError(name, "", "does not exist", "`havm node list` lists what does"));
        }

        var heard = draft.Cluster.HeardOf(order.Node);
        var silence = Silence.Of(heard, draft.Cluster.Office, now);
        if (BootProof.FromOperator(node, heard, order.Boot, order.Actor, silence) is not { } proof)
        {
            var reason = node.Boot != order.Boot ? $"boot {order.Boot} is not the one on record ({node.Boot?.Value ?? "none"})"
                : node.Phase == NodePhase.Dead ? "is already proven dead"
                : node.Phase != NodePhase.Lost ? $"is {node.Phase.ToString().ToLowerInvariant()}: it was heard {silence.TotalSeconds:0.0} s ago"
                : "its BMC says that the power is on";
            return OrderOutcome.Refused(new SpecError(name, "boot", reason, "switch the machine off, look that it is off, and repeat with the boot id that `havm node show` tells"));
        }

        draft.Add(new Proposal(new NodeProvenDead(order.Node, proof, draft.Cluster.Wall), proof.Reason, Impact.PowerOff), now);
        return new OrderOutcome { Objects = [new(name, ObjectChange.Changed, proof.Reason.Message)] };
    }

    private static OrderOutcome Cordon(DecisionDraft draft, CordonOrder order, Instant now)
    {
        if (!draft.Cluster.Ledger.Nodes.TryGetValue(order.Node, out var node))
        {
            return OrderOutcome.Refused(new SpecError($"Node/{order.Node}", "", "does not exist", "`havm node list` lists what does"));
        }

        if (node.Cordoned != order.Cordoned)
        {
            var why = new Reason("admission", order.Cordoned ? "cordoned" : "uncordoned",
                $"{order.Actor} {(order.Cordoned ? "keeps new seats away from" : "lets seats come again to")} {order.Node}");
            draft.Add(new Proposal(new NodeCordoned(order.Node, order.Cordoned), why), now);
        }

        return new OrderOutcome { Objects = [new($"Node/{order.Node}", node.Cordoned == order.Cordoned ? ObjectChange.Unchanged : ObjectChange.Changed, "")] };
    }
}
