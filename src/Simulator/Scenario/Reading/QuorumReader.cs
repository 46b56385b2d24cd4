using System.Collections.Immutable;

namespace Havm.Simulator.Scenario.Reading;

/// <summary>Reads which VMs decide by majority.</summary>
internal sealed class QuorumReader(Names names)
{
    public ImmutableSortedDictionary<string, ScenarioQuorum> Read(MapReader root)
    {
        var read = ScenarioFile.Empty<ScenarioQuorum>().ToBuilder();
        if (root.Take("quorums") is not { } node)
        {
            return read.ToImmutable();
        }

        var map = new MapReader(node, root.At.Field("quorums"));
        foreach (var (key, place, value) in map.Entries())
        {
            var one = new MapReader(value, map.At.Field(key));
            var members = one.Words("members")
                .Select(word => names.Vm(word, one.At.Field("members"))).OfType<string>().Distinct();
            read[key] = new ScenarioQuorum([.. members], one.Whole("witness", 0, 0, 100));
            if (read[key].Members.Length < 2)
            {
                one.At.Refuse(place, "has fewer than two members", "name two VMs or more");
            }

            one.Close();
        }

        map.Close();
        return read.ToImmutable();
    }
}
