using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.NodeLife;

/// <summary>What a node's departures say of it, and what people are told of its fitness.</summary>
public static class FitnessRule
{
    /// <summary>Departures so close together have one cause.</summary>
    public static readonly TimeSpan Together = TimeSpan.FromMinutes(2);

    /// <summary>What is held against it within the policy's time.</summary>
    public static int Counted(NodeRecord node, NodeLifePolicy policy, DateTimeOffset wall)
    {
        var counted = 0;
        foreach (var gone in node.Departures)
        {
            counted += gone.Counts && wall - gone.At < policy.Within ? 1 : 0;
        }

        return counted;
    }

    /// <summary>
    /// Whether so many went at about the same time that it says nothing of one: over half of all nodes that were ever
    /// heard, or over a third in two or more fault domains. A site without power, or a controller that was cut off
    /// itself, is no fault of a node.
    /// </summary>
    public static bool WentTogether(Ledger ledger, NodeDeparture departure)
    {
        var (nodes, gone) = (0, 0);
        var racks = new HashSet<RackName>();
        foreach (var node in ledger.Nodes.Values)
        {
            if (node.Phase == NodePhase.Unseen)
            {
                continue;
            }

            nodes++;
            if (WentAbout(node, departure.At))
            {
                gone++;
                racks.Add(ledger.NodeSpecOf(node.Name)?.Rack ?? new RackName(""));
            }
        }

        return gone >= 2 && (gone * 2 > nodes || (gone * 3 > nodes && racks.Count >= 2));
    }

    private static bool WentAbout(NodeRecord node, DateTimeOffset at)
    {
        foreach (var gone in node.Departures)
        {
            if ((gone.At - at).Duration() <= Together)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Its time begins when the node is up.</summary>
    public static FitnessNote Probation(Cluster cluster, NodeRecord node, Reason why) =>
        new(NodeFitness.Probation, why, cluster.Wall, FitnessCause.Operator)
        {
            Until = node.Phase == NodePhase.Up ? cluster.Wall + cluster.Policy.NodeLife.Probation : null,
        };

    /// <summary>"2 h".</summary>
    public static string Span(TimeSpan time) => time switch
    {
        { TotalHours: >= 1 } when time.Ticks % TimeSpan.TicksPerHour == 0 => $"{time.TotalHours:0} h",
        { TotalMinutes: >= 1 } when time.Ticks % TimeSpan.TicksPerMinute == 0 => $"{time.TotalMinutes:0} min",
        _ => $"{time.TotalSeconds:0} s",
    };

    /// <summary>What ends it: "until 23:10:00Z, or by `havm node return n3`".</summary>
    public static string Release(NodeRecord node, FitnessNote note) => note switch
    {
        { Is: NodeFitness.Probation, Until: null } =>
            $"until it has been up for a while, or by `havm node return {node.Name} --now`",
        { Is: NodeFitness.Probation, Until: { } until } =>
            $"until {until:HH:mm:ss}Z and until its diagnosis is through, or by `havm node return {node.Name} --now`",
        { Is: NodeFitness.Quarantine, Until: null } =>
            $"until a diagnosis finds nothing bad, or by `havm node return {node.Name}`",
        { Until: { } until } => $"until {until:HH:mm:ss}Z, or by `havm node return {node.Name}`",
        _ => $"until `havm node return {node.Name}`",
    };

    /// <summary>"in quarantine".</summary>
    public static string Place(NodeFitness fitness) => fitness switch
    {
        NodeFitness.Fit => "fit",
        NodeFitness.Probation => "in probation",
        NodeFitness.Quarantine => "in quarantine",
        NodeFitness.OutForRepair => "out for repair",
        NodeFitness.Retired => "retired",
    };
}
