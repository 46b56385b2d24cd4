using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Lifecycle;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Explore;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Running;
using Havm.Simulator.Trace;

namespace Havm.Simulator.WhatIf;

/// <summary>
/// Reads out of a played run what became of each node and instance, and what is left. It reads events and the pictures
/// before and after; it concludes nothing of its own.
/// </summary>
public sealed class Consequences
{
    private readonly Ledger _saved;
    private readonly ScenarioOutcome _played;
    private readonly Instant _fault;
    private readonly ImmutableArray<TraceEvent> _events;
    private readonly Snapshot _end;
    private readonly Cluster _before;
    private readonly Cluster _after;
    private readonly string? _restless;

    /// <param name="saved">The state that was saved.</param>
    /// <param name="played">What came of it; it was not skipped.</param>
    public Consequences(Ledger saved, ScenarioOutcome played)
    {
        _saved = saved;
        _played = played;
        var first = played.Events.TakeWhile(happened => happened is not Injected).Count();
        _events = [.. played.Events.Skip(first)];
        _fault = _events.IsEmpty ? Instant.Origin : _events[0].At;
        _end = played.Events.OfType<Snapshot>().Last();
        _after = played.After ?? Untaken(saved);
        _before = played.Before ?? Untaken(saved);
        _restless = played.Failures.FirstOrDefault(failure => Exploration.RuleOf(failure) == ScenarioPlayer.Settles);
    }

    public WhatIfAnswer Answer(ImmutableArray<string> actions, int seed, string cluster, DateTimeOffset at) => new()
    {
        Cluster = cluster,
        SnapshotAt = at,
        Actions = actions,
        Seed = seed,
        SettledSeconds = _restless is null ? After(LastNews()) : null,
        Restless = _restless?[(_restless.IndexOf(ScenarioPlayer.Settles, StringComparison.Ordinal)
            + ScenarioPlayer.Settles.Length + 2)..],
        Nodes =
        [
            .. _saved.Nodes.Keys.Select(Fate).OfType<NodeFate>()
                .OrderBy(node => node.Node, NaturalOrder.Instance),
        ],
        Instances =
        [
            .. _end.Vms.Keys.Select(vm => Fate(vm, _end.Vms[vm])).OfType<InstanceFate>()
                .OrderBy(vm => vm.RunningSeconds ?? double.MaxValue)
                .ThenBy(vm => vm.Instance, NaturalOrder.Instance),
        ],
        Spread = [.. Spreads()],
        Before = ReserveCount.Of(_before),
        After = ReserveCount.Of(_after),
        Notes = [.. Unplayed.In(_saved), .. Moved()],
        Objections = [.. _played.Failures.Where(failure => failure != _restless || !SomethingWaits())],
    };

    /// <summary>
    /// An instance that waits for a person, and a node that is ordered off again and again because nothing proves that
    /// it is, are ends like any other.
    /// </summary>
    private bool SomethingWaits() => _end.Vms.Values.Any(vm => vm.Is != "running" && vm.Is != "stopped")
        || _after.Ledger.Nodes.Values.Any(node => node is { Phase: NodePhase.Lost, Fence: not null });

    private double After(Instant at) => Math.Round((at - _fault).TotalSeconds, 3);

    private double? After(TraceEvent? happened) => happened is null ? null : After(happened.At);

    /// <summary>The last thing that happened; the harness's own words do not count.</summary>
    private Instant LastNews() =>
        _events.Where(happened => happened is not (Snapshot or Injected)).Select(happened => happened.At)
            .Concat(_played.Told.Select(told => told.At).Where(at => at >= _fault)).DefaultIfEmpty(_fault).Max();

    private NodeFate? Fate(NodeName name)
    {
        var node = name.Value;
        var judged = _events.OfType<NodeJudged>().Where(judged => judged.Node == node).ToList();
        var power = _events.OfType<PowerChanged>().Where(changed => changed.Node == node).ToList();
        var cut = _events.OfType<LinkChanged>().Any(link => link.Node == node && !link.Up);
        if (judged.Count == 0 && power.Count == 0 && !cut)
        {
            return null;
        }

        var fault = power.FirstOrDefault(changed => !changed.On)?.Why switch
        {
            "crash" => "power lost",
            "self-fence" => "its watchdog ended it",
            "shutdown" => "shut down",
            "reboot" => "rebooted",
            _ => cut ? "cut off" : "",
        };
        var told = _played.Told.LastOrDefault(told => told.At >= _fault && told.Event.Subject == $"Node/{node}"
            && told.Event.Name is "nodeMoved" or "fenceOrdered" or "nodeProvenDead");
        return new NodeFate(
            node, _saved.NodeSpecOf(name)?.Rack.Value ?? "", fault, At("lost"), At("fencing"), At("fenced"), At("up"),
            told?.Event.Reason.Message ?? "");

        double? At(string state) => After(judged.FirstOrDefault(judged => judged.State == state));
    }

    private InstanceFate? Fate(string vm, VmStanding end)
    {
        var changes = _events.OfType<VmChanged>().Where(changed => changed.Vm == vm).ToList();
        var acts = _events.OfType<Acted>().Where(act => act.Vm == vm && act.To is not null).ToList();
        var instance = _after.Ledger.Instances.GetValueOrDefault(new InstanceName(vm));
        var wanted = instance is { Wanted: WantedState.Running, Leaving: false };
        if (changes.Count == 0 && acts.Count == 0 && (end.Is == "running" || !wanted))
        {
            return null;
        }

        var down = changes.FirstOrDefault(changed => !changed.Running);
        var running = changes.LastOrDefault(changed => changed.Running);
        var from = down?.Node
            ?? _before.Ledger.Instances.GetValueOrDefault(new InstanceName(vm))?.Seat?.Node.Value;
        return new InstanceFate(
            vm, instance?.Priority ?? 0, from, After(down), After(acts.LastOrDefault()),
            end.Is == "running" ? After(running) : null, end.Is, end.On,
            end.Is == "running" || instance is null ? acts.LastOrDefault()?.Why ?? "" : WhyNot(instance));
    }

    private string WhyNot(Instance instance)
    {
        if (instance is { Seat: null, Unproven.IsEmpty: true, Wanted: WantedState.Running })
        {
            return instance.Failures.NextTryAt is not null && instance.Failures.Why is { } failed
                ? failed.Message
                : Refusals.Of(_after, instance);
        }

        var node = instance.Unproven is [var old, ..] ? old.Node : instance.Seat?.Node;
        return node is { } at && _after.Ledger.Nodes.TryGetValue(at, out var record)
            && record.Phase != NodePhase.Up
                ? $"it may still run on {at}: {record.Why.Message}"
                : Word.Of(InstanceMachine.PhaseOf(_after, instance));
    }

    private IEnumerable<SpreadChange> Spreads()
    {
        var sets = _after.Ledger.Instances.Values.Concat(_before.Ledger.Instances.Values)
            .Select(instance => instance.AvailabilitySet).OfType<string>().Distinct()
            .Order(NaturalOrder.Instance);
        foreach (var set in sets)
        {
            var (before, after) = (SpreadOf(_before.Ledger, set), SpreadOf(_after.Ledger, set));
            if (before != after)
            {
                yield return new SpreadChange(
                    set, _before.Ledger.Instances.Values.Count(i => i.AvailabilitySet == set), before, after);
            }
        }
    }

    private static Spread SpreadOf(Ledger ledger, string set)
    {
        var racks = ledger.Instances.Values
            .Where(instance => instance.AvailabilitySet == set && instance.Seat is not null)
            .CountBy(instance => ledger.NodeSpecOf(instance.Seat!.Node)?.Rack.Value ?? "").ToList();
        return new Spread(
            racks.Sum(rack => rack.Value), racks.Count, racks.Select(rack => rack.Value).DefaultIfEmpty().Max());
    }

    /// <summary>Seats that were others when the actions began than in the snapshot.</summary>
    private IEnumerable<string> Moved()
    {
        foreach (var saved in _saved.Instances.Values)
        {
            var played = _before.Ledger.Instances.GetValueOrDefault(saved.Name)?.Seat?.Node;
            if (played != saved.Seat?.Node)
            {
                yield return $"{saved.Name}: sits {On(saved.Seat?.Node)} in the snapshot, and {On(played)} "
                    + "once the cluster had come to rest before the actions";
            }
        }
    }

    private static string On(NodeName? node) => node is { } name ? $"on {name}" : "nowhere";

    private static Cluster Untaken(Ledger ledger) =>
        new() { Ledger = ledger, Office = Office.Take(ledger, Epoch.None, "", Instant.Origin) };
}
