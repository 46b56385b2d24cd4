using Havm.Core;
using Havm.Core.Disarming;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// What people were told is accepted stays so, whoever leads: every VM exists until its removal was asked for, and is
/// wanted as the last acknowledged order says. What is asked and not answered may be so or not; what was asked since a
/// backup that people put back is theirs to ask again.
/// </summary>
public sealed class AdmittedIsNeverForgotten(Truth all) : IChecker
{
    private readonly Dictionary<InstanceName, WantedState?> _wanted = [];
    private readonly HashSet<InstanceName> _removed = [];

    /// <summary>What has to be looked at beside what has changed: what was open at the last look, or wrong.</summary>
    private HashSet<InstanceName> _unsure = [];
    private (object Specs, object? Disarm) _seen;
    private Instant? _disarmedUntil;
    private bool _wallsJump;
    private int _taken;
    private int _saved;

    public string Name => "AdmittedIsNeverForgotten";

    public string? See(TraceEvent happened)
    {
        switch (happened)
        {
            case Injected { Op: "save-backup" }:
                _saved = all.Admitted.Count;
                break;
            case Injected { Op: "skew-clock" }:
                // A disarm ends by the wall clock of whoever leads.
                _wallsJump = true;
                break;
            case Injected { Op: "restore-backup" }:
                _disarmedUntil = null;
                _taken = all.Admitted.Count;
                foreach (var name in all.Admitted.Skip(_saved).Concat(all.Open).SelectMany(Subjects))
                {
                    _wanted.Remove(name);
                    _removed.Remove(name);
                }

                break;
        }

        return null;
    }

    public string? Look(Truth truth)
    {
        if (_taken == 0 && _wanted.Count == 0)
        {
            Begin(truth);
        }

        IEnumerable<InstanceName> unsure = _unsure;
        for (; _taken < truth.Admitted.Count; _taken++)
        {
            Take(truth.Admitted[_taken], truth.Now);
            unsure = unsure.Concat(Subjects(truth.Admitted[_taken]));
        }

        // An object or a disarm of any instance: rare enough to look at all of them then.
        var seen = (truth.Ledger.Specs, truth.Ledger.Disarm);
        unsure = _seen == seen ? unsure.Concat(truth.Changed) : _wanted.Keys;
        _seen = seen;

        var open = truth.Open.SelectMany(Subjects).ToHashSet();
        var wrong = unsure.Where(_wanted.ContainsKey).Where(name => !open.Contains(name)).Distinct()
            .Select(name => (Name: name, What: Wrong(truth, name, _wanted[name])))
            .Where(found => found.What is not null).ToList();
        _unsure = [.. open, .. wrong.Select(found => found.Name)];
        return wrong.Count > 0 ? wrong[0].What : OfDisarm(truth);
    }

    /// <summary>Automation that people switched off stays so until they say otherwise, or its time is over.</summary>
    private string? OfDisarm(Truth truth) =>
        !_wallsJump && truth.Now < _disarmedUntil && DisarmRule.InForce(truth.Ledger) is null
            && !truth.Open.OfType<ArmOrder>().Any()
            ? "automation is on, and nobody has ordered that since it was switched off"
            : null;

    private void Begin(Truth truth)
    {
        foreach (var (name, vm) in truth.Scenario.Vms)
        {
            _wanted[truth.InstanceOf(name)] = vm.Desired switch
            {
                Desired.Running => WantedState.Running,
                Desired.Stopped => WantedState.Stopped,
                Desired.Unmanaged => null,
            };
        }
    }

    private string? Wrong(Truth truth, InstanceName name, WantedState? wanted)
    {
        // While automation is disarmed an object is on record, and what it asks for is made and ended later.
        var asked = truth.Ledger.Specs.ContainsKey(new SpecKey("VirtualMachine", name.Value).ToString());
        var disarmed = DisarmRule.InForce(truth.Ledger) is not null;
        if (!truth.Ledger.Instances.TryGetValue(name, out var instance))
        {
            return _removed.Contains(name) || (disarmed && asked)
                ? null
                : $"{truth.VmOf(name)} is in no record, and nobody removed it";
        }

        if (_removed.Contains(name))
        {
            return instance.Leaving || (disarmed && !asked)
                ? null
                : $"{truth.VmOf(name)} was removed, as was acknowledged, and is on record";
        }

        return wanted is { } state && instance.Wanted != state
            ? $"{truth.VmOf(name)} is wanted {Word.Of(instance.Wanted)}, and {Word.Of(state)} was acknowledged"
            : null;
    }

    private void Take(Input admitted, Instant now)
    {
        switch (admitted)
        {
            case DisarmOrder disarm:
                _disarmedUntil = now + disarm.Length;
                break;
            case ArmOrder:
                _disarmedUntil = null;
                break;
            case InstanceOrder order:
                _wanted[order.Instance] = order.Verb switch
                {
                    InstanceVerb.Start => WantedState.Running,
                    InstanceVerb.Stop => WantedState.Stopped,
                    InstanceVerb.Unmanage => WantedState.Unmanaged,
                    _ => _wanted.GetValueOrDefault(order.Instance),
                };
                break;
            case SpecsDeleted:
                _removed.UnionWith(Subjects(admitted));
                break;
            case SpecsSubmitted submitted:
                foreach (var name in Subjects(submitted))
                {
                    _removed.Remove(name);
                    _wanted[name] = null;
                }

                break;
        }
    }

    private static IEnumerable<InstanceName> Subjects(Input order) => order switch
    {
        InstanceOrder about => [about.Instance],
        SpecsDeleted deleted => deleted.Keys.Where(key => key.Kind == "VirtualMachine")
            .Select(key => new InstanceName(key.Name)),
        SpecsSubmitted submitted => submitted.Objects.Where(o => o.Spec is VirtualMachineSpec)
            .Select(o => new InstanceName(o.Metadata.Name)),
        _ => [],
    };
}
