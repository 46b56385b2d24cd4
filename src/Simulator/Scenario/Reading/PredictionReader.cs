using Havm.Model;

namespace Havm.Simulator.Scenario.Reading;

/// <summary>Reads the policy's `prediction`: what is done about a node whose sensors say that it will fail.</summary>
internal static class PredictionReader
{
    public static PredictionPolicy? Read(MapReader policy)
    {
        if (policy.Take("prediction") is not { } node)
        {
            return null;
        }

        var how = new MapReader(node, policy.At.Field("prediction"));
        var modes = Enum.GetValues<PredictionMode>();
        var word = how.Word("mode", Word.Of(PredictionMode.Observe), [.. modes.Select(Word.Of)]);
        how.Close();
        return new PredictionPolicy { Mode = modes.Single(mode => Word.Of(mode) == word) };
    }
}
