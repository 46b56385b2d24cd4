using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;
using Havm.Specs;

namespace Havm.Simulator.Scenario.Reading;

/// <summary>Reads what a scenario expects of the whole run.</summary>
internal sealed class ExpectReader(Names names)
{
    public Expectation Read(MapReader root)
    {
        if (root.Take("expect") is not { } node)
        {
            return new Expectation();
        }

        var expect = new MapReader(node, root.At.Field("expect"));
        var most = expect.Take("at-most") is { } limits ? new MapReader(limits, expect.At.Field("at-most")) : null;
        var read = new Expectation
        {
            Fenced = Nodes(expect, "fenced"),
            NeverFenced = Nodes(expect, "never-fenced"),
            Unproven = Nodes(expect, "unproven"),
            Never = Never(expect),
            FailoverWithin = expect.Time("failover-within"),
            InMaintenance = expect.Take("in-maintenance") is null ? null : Nodes(expect, "in-maintenance"),
            Fitness = Fitness(expect),
            Untouched =
            [
                .. expect.Words("untouched")
                    .Select(word => names.Vm(word, expect.At.Field("untouched"))).OfType<string>(),
            ],
            RecoveryWithin = expect.Time("recovery-within"),
            MovesAtMost = most?.Take("moves") is null ? null : most.Whole("moves", 0, 0, int.MaxValue),
            PeakMemoryAtMost = most?.Number("peak-memory", 0),
            ImbalanceAtMost = most?.Number("imbalance", 0),
        };
        most?.Close();
        expect.Close();
        return read;
    }

    private ImmutableSortedDictionary<string, ImmutableArray<string>> Never(MapReader expect)
    {
        var never = ScenarioFile.Empty<ImmutableArray<string>>().ToBuilder();
        if (expect.Take("never") is { } node)
        {
            var map = new MapReader(node, expect.At.Field("never"));
            foreach (var (vm, place, _) in map.Entries())
            {
                _ = names.Vm(new ScalarNode(place, vm, false), map.At);
                never[vm] = Nodes(map, vm);
            }

            map.Close();
        }

        return never.ToImmutable();
    }

    private ImmutableSortedDictionary<string, string> Fitness(MapReader expect)
    {
        var fitness = ScenarioFile.Empty<string>().ToBuilder();
        if (expect.Take("fitness") is { } node)
        {
            var map = new MapReader(node, expect.At.Field("fitness"));
            foreach (var (name, place, _) in map.Entries())
            {
                _ = names.Node(new ScalarNode(place, name, false), map.At);
                fitness[name] = map.Word(name, "fit", [.. Enum.GetValues<NodeFitness>().Select(Word.Of)]);
            }

            map.Close();
        }

        return fitness.ToImmutable();
    }

    private ImmutableArray<string> Nodes(MapReader expect, string key) =>
        [.. expect.Words(key).Select(word => names.Node(word, expect.At.Field(key))).OfType<string>()];
}
