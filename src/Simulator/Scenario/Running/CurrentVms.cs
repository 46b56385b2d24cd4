using System.Collections.Immutable;
using System.Globalization;
using Havm.Model;

namespace Havm.Simulator.Scenario.Running;

/// <summary>The scenario's VMs as they are by now: steps change what they are asked to be and what they use.</summary>
public sealed class CurrentVms(ScenarioFile scenario)
{
    private ImmutableSortedDictionary<string, ScenarioVm> _now = scenario.Vms;

    public ScenarioVm this[string name] => _now[name];

    public void Add(string name, ScenarioVm vm) => _now = _now.SetItem(name, vm);

    /// <summary>What an action leaves out stays as it is.</summary>
    public ScenarioVm Resize(string name, ScenarioAction action) => Change(name, vm => vm with
    {
        Cpu = Cpu(action) ?? vm.Cpu, Memory = Memory(action) ?? vm.Memory,
    });

    public ScenarioVm Use(string name, ScenarioAction action) => Change(name, vm => vm with
    {
        Uses = new ScenarioUse(Cpu(action) ?? vm.Uses?.Cpu, Memory(action) ?? vm.Uses?.Memory),
    });

    private ScenarioVm Change(string name, Func<ScenarioVm, ScenarioVm> change)
    {
        _now = _now.SetItem(name, change(_now[name]));
        return _now[name];
    }

    private static double? Cpu(ScenarioAction action) =>
        action.Options.TryGetValue("cpu", out var cpu) ? double.Parse(cpu, CultureInfo.InvariantCulture) : null;

    private static Bytes? Memory(ScenarioAction action) => action.Options.TryGetValue("memory", out var memory)
        ? new Bytes(long.Parse(memory, CultureInfo.InvariantCulture))
        : null;
}
