using System.Collections.Immutable;
using Havm.Model;
using Havm.Simulator.Scenario;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Report;

/// <summary>When which instance ran on which node, was on its way there, or had no seat.</summary>
public sealed class InstanceBars
{
    private readonly Func<Instant, double> _second;
    private readonly double _from;
    private readonly double _to;
    private readonly List<(string Node, Bar Bar)> _bars = [];
    private readonly List<Bar> _seatless = [];
    private readonly ILookup<string, Bar> _byNode;

    public InstanceBars(ScenarioOutcome played, Func<Instant, double> second, double from, double to)
    {
        _second = second;
        _from = from;
        _to = to;
        foreach (var vm in played.Events
            .Where(happened => happened is VmChanged or Acted).GroupBy(VmOf))
        {
            Draw(vm.Key, vm);
        }

        _seatless.AddRange(played.Events.OfType<Snapshot>().LastOrDefault()?.Vms
            .Where(vm => vm.Value.Is is "waiting" && _seatless.TrueForAll(bar => bar.Name != vm.Key))
            .Select(vm => new Bar(vm.Key, from, to, "seatless", false, "it waits for a seat")) ?? []);
        _byNode = _bars.ToLookup(bar => bar.Node, bar => bar.Bar);
    }

    public ImmutableArray<Bar> Seatless =>
        [.. _seatless.OrderBy(bar => bar.From).ThenBy(bar => bar.Name, NaturalOrder.Instance)];

    /// <summary>Bars that begin or end within the picture.</summary>
    public ImmutableArray<Bar> On(string node) =>
    [
        .. _byNode[node].Where(bar => !IsSteady(bar))
            .OrderBy(bar => bar.Name, NaturalOrder.Instance).ThenBy(bar => bar.From),
    ];

    public ImmutableArray<string> SteadyOn(string node) =>
        [.. _byNode[node].Where(IsSteady).Select(bar => bar.Name).Order(NaturalOrder.Instance)];

    private bool IsSteady(Bar bar) => bar.Kind == "run" && bar.From <= _from && bar.To >= _to;

    private static string VmOf(TraceEvent happened) => happened is VmChanged vm ? vm.Vm : ((Acted)happened).Vm;

    private void Draw(string vm, IEnumerable<TraceEvent> events)
    {
        VmChanged? runs = null;
        Acted? seated = null;
        Instant? down = null;
        foreach (var happened in events)
        {
            switch (happened)
            {
                case VmChanged { Running: true } began:
                    if (seated is { } act)
                    {
                        Add(act.To!, vm, act.At, began.At, "starting", false, act.Why);
                    }

                    (runs, seated, down) = (began, null, null);
                    break;
                case VmChanged { Running: false } ended:
                    if (runs is { } before)
                    {
                        Add(before.Node, vm, before.At, ended.At, "run", true, ended.Why);
                        down = ended.At;
                    }

                    runs = null;
                    break;
                case Acted { To: not null } placed:
                    Gap(vm, down, placed.At);
                    (seated, down) = (placed, null);
                    break;
            }
        }

        if (runs is { } on)
        {
            Add(on.Node, vm, on.At, null, "run", false, "");
        }
        else if (seated is { } unfinished)
        {
            Add(unfinished.To!, vm, unfinished.At, null, "starting", false, unfinished.Why);
        }
        else
        {
            Gap(vm, down, null);
        }
    }

    private void Gap(string vm, Instant? down, Instant? placed)
    {
        if (down is { } at && Bar(vm, at, placed, "seatless", false, "it runs nowhere and has no seat") is { } bar)
        {
            _seatless.Add(bar);
        }
    }

    private void Add(string node, string vm, Instant from, Instant? to, string kind, bool cut, string why)
    {
        if (Bar(vm, from, to, kind, cut, why) is { } bar)
        {
            _bars.Add((node, bar));
        }
    }

    private Bar? Bar(string vm, Instant from, Instant? to, string kind, bool cut, string why)
    {
        var end = to is { } at ? _second(at) : _to;
        return end < _from ? null : new Bar(vm, Math.Max(_from, _second(from)), end, kind, cut, why);
    }
}
