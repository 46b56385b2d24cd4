using System.Collections.Immutable;
using Havm.Core.Accounting;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Scenario;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Report;

/// <summary>Turns the events of a run into lanes, bars and marks.</summary>
public sealed class ReportBuilder
{
    /// <summary>Shown of the time before a what-if's first action, as a share of what follows.</summary>
    private const double Lead = 0.06;

    private const double LeastLength = 4;

    /// <summary>Shown of the time after the last news, as a share of what was before.</summary>
    private const double Tail = 0.12;

    private readonly ScenarioOutcome _played;
    private readonly Instant _zero;
    private readonly double _from;
    private readonly double _to;

    /// <param name="played">A run that was not skipped.</param>
    /// <param name="zero">Second 0 of the picture.</param>
    public ReportBuilder(ScenarioOutcome played, Instant zero)
    {
        _played = played;
        _zero = zero;
        var last = played.Events.Where(happened => happened is not Snapshot).Select(happened => happened.At)
            .Concat(played.Told.Select(told => told.At)).DefaultIfEmpty(zero).Max();
        _to = Math.Max(LeastLength, (last - zero).TotalSeconds * (1 + Tail));
        _from = zero == Instant.Origin ? 0 : -Lead * _to;
    }

    public ReportData Build()
    {
        var bars = new InstanceBars(_played, Second, _from, _to);
        var marks = NodeMarks().ToLookup(mark => mark.Subject);
        var racks = _played.Scenario.Nodes.Keys
            .GroupBy(RackOf)
            .OrderBy(rack => rack.Key, NaturalOrder.Instance)
            .Select(rack => new RackLanes(rack.Key,
            [
                .. rack.Order(NaturalOrder.Instance).Select(node => new Lane(
                    node, States(node), bars.On(node), bars.SteadyOn(node), [.. marks[node]])),
            ]));
        return new ReportData
        {
            Title = "",
            Subtitle = "",
            From = _from,
            To = _to,
            Racks = [.. racks],
            Seatless = bars.Seatless,
            Faults =
            [
                .. _played.Events.OfType<Injected>().Where(act => act.At >= _zero)
                    .Select(act => new Mark(Second(act.At), "fault", act.Name, act.Op, "")),
            ],
            Decisions =
            [
                .. _played.Told.Where(told => told.At >= _zero).Select(told => new Mark(
                    Second(told.At), "decision", told.Event.Subject, told.Event.Name, told.Event.Reason.ToString())),
            ],
            Incidents = [.. Incidents()],
            Failures = _played.Failures,
        };
    }

    /// <summary>Where every rack holds one node, racks say nothing: all stand together.</summary>
    private string RackOf(string node) =>
        _played.Scenario.RackOf.Values.Distinct().Count() == _played.Scenario.Nodes.Count
            ? "nodes" : _played.Scenario.RackOf.GetValueOrDefault(node, "");

    private double Second(Instant at) => Math.Round((at - _zero).TotalSeconds, 3);

    /// <summary>When a node was off, on its way up, or cut off.</summary>
    private ImmutableArray<Bar> States(string node)
    {
        var states = ImmutableArray.CreateBuilder<Bar>();
        (double Since, string Kind, string Why)? open = (_from, "off", "off from the beginning");
        double? cut = null;
        foreach (var happened in _played.Events)
        {
            var at = Math.Max(_from, Second(happened.At));
            switch (happened)
            {
                case PowerChanged power when power.Node == node:
                    Close(at);
                    open = power.On ? (at, "boot", "powered, not heard yet") : (at, "off", power.Why);
                    break;
                case NodeJudged { State: "up" } up when up.Node == node && open is { Kind: "boot" }:
                    Close(at);
                    break;
                case LinkChanged { Up: false } link when link.Node == node:
                    cut = at;
                    break;
                case LinkChanged { Up: true } link when link.Node == node && cut is { } since:
                    states.Add(new Bar(node, since, at, "cut", false, "its networks were cut"));
                    cut = null;
                    break;
            }
        }

        Close(_to);
        if (cut is { } still)
        {
            states.Add(new Bar(node, still, _to, "cut", false, "its networks are cut"));
        }

        return states.ToImmutable();

        void Close(double at)
        {
            if (open is { } state && at > state.Since)
            {
                states.Add(new Bar(node, state.Since, at, state.Kind, false, state.Why));
            }

            open = null;
        }
    }

    private IEnumerable<Mark> NodeMarks()
    {
        var why = _played.Told.Where(told => told.Event.Subject.StartsWith("Node/", StringComparison.Ordinal))
            .ToLookup(told => told.Event.Subject["Node/".Length..]);
        foreach (var happened in _played.Events.Where(happened => happened.At >= _zero))
        {
            var at = Second(happened.At);
            switch (happened)
            {
                case Injected act when act.Subject == "node":
                    yield return new Mark(at, "fault", act.Name, act.Op, "from outside");
                    break;
                case NodeJudged judged:
                    var kind = judged.State switch
                    {
                        "lost" => "lost",
                        "fencing" => "fence",
                        "fenced" => "dead",
                        "up" => "up",
                        _ => "decision",
                    };
                    var reason = why[judged.Node].LastOrDefault(told => told.At <= judged.At)?.Event.Reason.ToString();
                    yield return new Mark(at, kind, judged.Node, Said(judged.State), reason ?? "");
                    break;
            }
        }
    }

    private static string Said(string state) => state switch
    {
        "lost" => "lost: it cannot be heard",
        "fencing" => "its power-off is ordered",
        "fenced" => "proven off",
        _ => state,
    };

    private IEnumerable<IncidentRow> Incidents()
    {
        var incidents = _played.After?.Ledger.Incidents.Values ?? [];
        foreach (var incident in incidents.Where(incident => SecondOf(incident.DetectedAt) >= 0)
            .OrderBy(incident => incident.DetectedAt).ThenBy(incident => incident.Id, StringComparer.Ordinal))
        {
            yield return new IncidentRow(
                incident.Id, Word.Of(incident.Kind), incident.Subject, SecondOf(incident.DetectedAt),
                incident.Outcome ?? (incident.Open ? "open" : "closed"), incident.Decision.Message,
                IncidentPhases.InARow(incident));
        }
    }

    private double SecondOf(DateTimeOffset wall) => Second(Instant.Origin + (wall - _played.Began));
}
