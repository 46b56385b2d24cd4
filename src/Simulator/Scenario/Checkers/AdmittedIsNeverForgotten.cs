using Havm.Core;
using Havm.Core.Disarming;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// What people were told is accepted stays so, whoever leads: every VM exists until its removal was asked for, and is
/// wanted as the last acknowledged order says. What is asked and not answered may be so or not.
/// </summary>
public sealed class AdmittedIsNeverForgotten : IChecker
{
    private readonly Dictionary<InstanceName, WantedState?> _wanted = [];
    private readonly HashSet<InstanceName> _removed = [];
    private int _taken;

    public string Name => "AdmittedIsNeverForgotten";

    public string? See(TraceEvent happened) => null;

    public string? Look(Truth truth)
    {
        if (_taken == 0 && _wanted.Count == 0)
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

        for (; _taken < truth.Admitted.Count; _taken++)
        {
            Take(truth.Admitted[_taken]);
        }

        var open = truth.Open.SelectMany(Subjects).ToHashSet();
        return _wanted.Where(known => !open.Contains(known.Key))
            .Select(known => Wrong(truth, known.Key, known.Value)).FirstOrDefault(wrong => wrong is not null);
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

    private void Take(Input admitted)
    {
        switch (admitted)
        {
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
