using System.Collections.Immutable;
using Havm.Model;
using Havm.Specs;

namespace Havm.Simulator.Scenario.Reading;

/// <summary>Reads what a VM is started after.</summary>
internal static class DependencyReader
{
    public static ImmutableArray<ScenarioDependency> Read(MapReader vm)
    {
        if (vm.Take("depends-on") is not { } node)
        {
            return [];
        }

        var at = vm.At.Field("depends-on");
        if (node is not ListNode list)
        {
            at.Refuse(node.Place, $"is {node.Words}, not a list", "write each as \"- {vm: NAME}\"");
            return [];
        }

        return [.. list.Items.Select((item, i) => One(new MapReader(item, at.Item(i))))];
    }

    /// <summary>Every VM that is named is one of the scenario, and every service stands behind a balancer.</summary>
    public static void Check(
        MapReader root, ImmutableSortedDictionary<string, ScenarioVm> vms,
        ImmutableSortedDictionary<string, ScenarioBalancer> balancers)
    {
        foreach (var (name, dependency) in vms.SelectMany(vm => vm.Value.DependsOn.Select(d => (vm.Key, d))))
        {
            if (dependency.IsService
                ? balancers.Values.All(b => b.Service != dependency.On) : !vms.ContainsKey(dependency.On))
            {
                root.At.Field("vms").Field(name).Field("depends-on").Refuse(
                    root.Place, $"names \"{dependency.On}\", which there is not",
                    "name a VM, or the service behind a balancer");
            }
        }
    }

    private static ScenarioDependency One(MapReader one)
    {
        var (vm, service) = (one.Text("vm"), one.Text("service"));
        if ((vm is null) == (service is null))
        {
            one.At.Refuse(one.Place, "names no VM and no service, or both", "write vm: NAME or service: NAME");
        }

        var read = new ScenarioDependency(
            vm ?? service ?? "", service is not null,
            one.Word("condition", "guestReady", "running", "guestReady", "probeOk") switch
            {
                "running" => Readiness.Running,
                "probeOk" => Readiness.ProbeOk,
                _ => Readiness.GuestReady,
            },
            one.Time("timeout") ?? Dependency.UsualTimeout);
        one.Close();
        return read;
    }
}
