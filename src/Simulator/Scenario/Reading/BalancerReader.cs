using System.Collections.Immutable;
using Havm.Specs;

namespace Havm.Simulator.Scenario.Reading;

/// <summary>Reads what stands in front of VMs.</summary>
internal sealed class BalancerReader(Names names)
{
    public ImmutableSortedDictionary<string, ScenarioBalancer> Read(MapReader root)
    {
        var read = ScenarioFile.Empty<ScenarioBalancer>().ToBuilder();
        if (root.Take("balancers") is not { } node)
        {
            return read.ToImmutable();
        }

        var map = new MapReader(node, root.At.Field("balancers"));
        foreach (var (key, place, value) in map.Entries())
        {
            var one = new MapReader(value, map.At.Field(key));
            var service = one.Text("service") ?? "";
            read[key] = new ScenarioBalancer(
                service, one.Time("every") ?? TimeSpan.FromSeconds(15), one.Whole("misses", 2, 1, 100),
                one.Time("drain") ?? TimeSpan.FromSeconds(30), one.Time("limit"), one.Flag("program", true));
            if (!names.Vms.Contains($"{service}-web-0"))
            {
                one.At.Refuse(place, $"no VM is called \"{service}-web-0\"", "name a service whose instances are VMs");
            }

            one.Close();
        }

        map.Close();
        return read.ToImmutable();
    }
}
