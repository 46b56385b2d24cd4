using Havm.Model;

namespace Havm.Simulator.Scenario.Reading;

/// <summary>
/// Reads the policy's `node-life`: what is concluded from nodes that fail again and again, or have just come back.
/// </summary>
internal static class NodeLifeReader
{
    public static NodeLifePolicy? Read(MapReader policy)
    {
        if (policy.Take("node-life") is not { } node)
        {
            return null;
        }

        var usual = new NodeLifePolicy();
        var how = new MapReader(node, policy.At.Field("node-life"));
        var read = usual with
        {
            Departures = how.Whole("departures", usual.Departures, 2, 16),
            Within = how.Time("within") ?? usual.Within,
            Quarantine = how.Time("quarantine") ?? usual.Quarantine,
            AtMost = how.Whole("at-most", usual.AtMost, 0, 50),
            Probation = how.Time("probation") ?? usual.Probation,
            Diagnose = how.Flag("diagnose", usual.Diagnose),
            DiagnoseAgain = how.Time("diagnose-again") ?? usual.DiagnoseAgain,
        };
        how.Close();
        return read;
    }
}
