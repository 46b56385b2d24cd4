namespace Havm.Model;

/// <summary>Where instances go, and how much is given away.</summary>
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
