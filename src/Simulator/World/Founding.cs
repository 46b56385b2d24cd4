using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Simulator.World;

/// <summary>
/// The shared state a world begins with, as an earlier leader left it: the nodes were up in boots that are over, and
/// instances have their seats. It is made by the production steps and changes alone.
/// </summary>
public static class Founding
{
    private const string Actor = "scenario";

    /// <param name="objects">The cluster's objects; all that they name among them.</param>
    /// <param name="seats">Where instances sit that are wanted running.</param>
    /// <param name="resting">Where those that hold no seat are to sit first.</param>
    /// <param name="failed">Those of them that begin given up, with every node tried.</param>
    /// <returns>The state; or what is wrong with the objects.</returns>
    public static (Ledger? Ledger, ImmutableArray<SpecError> Errors) Of(
        ImmutableArray<SpecObject> objects, IReadOnlyDictionary<InstanceName, NodeName> seats,
        IReadOnlyDictionary<InstanceName, NodeName>? resting = null, IReadOnlySet<InstanceName>? failed = null)
    {
        var nothing = new Ledger { ClusterName = VirtualWorld.ClusterName };
        var office = Office.Take(nothing, new Epoch(1), "founder", Instant.Origin);
        var empty = new Cluster { Ledger = nothing, Office = office };
        var decision = Controller.Step(
            empty, [new SpecsSubmitted(1, objects, false, Actor)], Instant.Origin, default);
        var errors = decision.Replies.Single().Outcome.Errors;
        if (!errors.IsEmpty)
        {
            return (null, errors);
        }

        var ledger = decision.After.Ledger;
        foreach (var node in ledger.Nodes.Values)
        {
            var why = new Reason("founding", "wasUp", $"{node.Name} was up before");
            ledger = new NodeBooted(node.Name, new BootId($"{node.Name}-boot-0")).Apply(ledger);
            ledger = new NodeMoved(node.Name, NodePhase.Up, null, why, default).Apply(ledger);
        }

        foreach (var (instance, node) in seats.OrderBy(seat => seat.Key))
        {
            var why = new Reason("founding", "seated", $"{instance} is assigned to {node}");
            ledger = new SeatTaken(instance, node, why, default).Apply(ledger);
        }

        foreach (var (instance, node) in (resting ?? ImmutableDictionary<InstanceName, NodeName>.Empty)
            .OrderBy(rest => rest.Key))
        {
            ledger = ledger with
            {
                Instances = ledger.Instances.SetItem(instance, ledger.Instances[instance] with { LastNode = node }),
            };
            ledger = failed?.Contains(instance) == true ? Failed(instance, node).Apply(ledger) : ledger;
        }

        return (ledger, []);

        TryFailed Failed(InstanceName instance, NodeName node)
        {
            var why = new Reason("founding", "failed", $"{instance} could be started nowhere before");
            return new TryFailed(instance, new FailedTries
            {
                Count = 1, LastNode = node, Why = why, Tried = [.. ledger.Nodes.Keys], Rounds = 1,
                GivenUp = new GivenUp(default, null, why),
            });
        }
    }
}
