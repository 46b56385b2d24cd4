using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Fencing;

/// <summary>What a node's methods say together, and how people read which of them is meant.</summary>
public static class Ladder
{
    /// <summary>"the BMC of n1" where there is one way; else which of them it is.</summary>
    public static string Name(Cluster cluster, NodeName node, int rung) =>
        cluster.Ledger.NodeSpecOf(node)?.Rungs is { Length: > 1 } rungs && rung < rungs.Length
            ? $"rung {rung + 1} of {node}, {rungs[rung].Place},"
            : $"the BMC of {node}";

    /// <summary>
    /// Something that sees the machine itself says On now, asked after the last word of that boot. That an outlet is on
    /// says nothing of the machine behind it.
    /// </summary>
    public static bool SeenOn(Cluster cluster, NodeRecord node, NodeHeard heard, BootId boot) =>
        OfMachine(cluster, node.Name, heard).Any(rung => rung.Power is [.., { State: PowerState.On } newest]
            && newest.Boot == boot && IsAfterLastWord(heard, newest));

    /// <summary>As <see cref="SeenOn"/>, at any time since that word.</summary>
    public static bool WasSeenOn(Cluster cluster, NodeRecord node, NodeHeard heard, BootId boot) =>
        OfMachine(cluster, node.Name, heard).Any(rung => rung.Power.Any(
            seen => seen.State == PowerState.On && seen.Boot == boot && IsAfterLastWord(heard, seen)));

    /// <summary>
    /// What the power is said to be since a moment: by what sees the machine, if any of that has answered, else by its
    /// outlets; null: nobody has said.
    /// </summary>
    public static PowerState? Says(Cluster cluster, NodeName node, NodeHeard heard, Instant since)
    {
        var methods = cluster.Ledger.NodeSpecOf(node)?.Rungs ?? [];
        return heard.Rungs.Take(methods.Length)
            .Select((rung, place) => (methods[place].SeesMachine, Newest: rung.Stated))
            .Where(said => said.Newest is { } newest && newest.AskedAt >= since)
            .OrderByDescending(said => said.SeesMachine).ThenByDescending(said => said.Newest!.AskedAt)
            .Select(said => (PowerState?)said.Newest!.State).FirstOrDefault();
    }

    private static IEnumerable<RungHeard> OfMachine(Cluster cluster, NodeName node, NodeHeard heard)
    {
        var methods = cluster.Ledger.NodeSpecOf(node)?.Rungs ?? [];
        return heard.Rungs.Where((_, place) => place >= methods.Length || methods[place].SeesMachine);
    }

    private static bool IsAfterLastWord(NodeHeard heard, PowerSeen seen) =>
        heard.Last is not { } spoke || seen.AskedAt > spoke;
}
