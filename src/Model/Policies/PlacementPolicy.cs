namespace Havm.Model;

/// <summary>Where instances go, how much is given away, and what moves those that run.</summary>
public sealed record PlacementPolicy
{
    /// <summary>What is evened out over nodes.</summary>
    public PlacementBalance Balance { get; init; } = PlacementBalance.Reserved;

    /// <summary>vCPUs that are given away for each CPU of a node; 1 to 64.</summary>
    public int VcpusPerCpu { get; init; } = 1;

    /// <summary>Whether sizes are no limit at all: memory and vCPUs are given away beyond what nodes have.</summary>
    public bool Overcommit { get; init; }

    /// <summary>Where an instance goes that was stopped and is started again.</summary>
    public StartPlace AtStart { get; init; } = StartPlace.Best;

    /// <summary>
    /// How long a node must have been up before instances that prefer it, or come home after maintenance, go back to
    /// it; 0 s to 24 h.
    /// </summary>
    public TimeSpan FailbackAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Moves that even out the load; null: none are made.</summary>
    public RebalancePolicy? Rebalance { get; init; }
}

/// <summary>What placement evens out over nodes.</summary>
public enum PlacementBalance
{
    /// <summary>The sizes of instances, as shares of their nodes' CPUs and memory.</summary>
    Reserved,

    /// <summary>How many instances a node holds, whatever their sizes.</summary>
    Count,

    /// <summary>What instances were measured to use; the size of one that was not measured.</summary>
    Used,
}

/// <summary>Where a start after a stop goes.</summary>
public enum StartPlace
{
    /// <summary>Wherever placement finds best now.</summary>
    Best,

    /// <summary>The node it sat on last, as long as that can take it.</summary>
    Last,
}

/// <summary>When load is evened out by moves.</summary>
public sealed record RebalancePolicy
{
    /// <summary>
    /// Standard deviation by mean of the nodes' load, above which instances are moved; 0.01 to 10. A node's load is
    /// the mean of its shares of CPU and memory.
    /// </summary>
    public double Threshold { get; init; } = 0.3;

    /// <summary>How long load must have been that uneven, and the time between two moves; 0 s to 24 h.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromMinutes(10);
}
