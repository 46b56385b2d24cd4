using System.Collections.Immutable;

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
            InMaintenance = expect.Take("in-maintenance") is null ? null : Nodes(expect, "in-maintenance"),
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

    private ImmutableArray<string> Nodes(MapReader expect, string key) =>
        [.. expect.Words(key).Select(word => names.Node(word, expect.At.Field(key))).OfType<string>()];
}
