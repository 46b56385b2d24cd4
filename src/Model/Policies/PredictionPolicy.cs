namespace Havm.Model;

/// <summary>What is done about a node whose sensors say that it will fail, and when they say so.</summary>
public sealed record PredictionPolicy
{
    public PredictionMode Mode { get; init; } = PredictionMode.Observe;

    /// <summary>Corrected memory errors of one controller within an hour; 1 to 1,000,000.</summary>
    public int CorrectedErrors { get; init; } = 100;

    /// <summary>Sectors of one disk that were reallocated or cannot be read, in all; 1 to 100,000.</summary>
    public int DiskSectors { get; init; } = 50;

    /// <summary>I/O errors of one disk within an hour; 1 to 100,000.</summary>
    public int DiskErrors { get; init; } = 10;

    /// <summary>Bad frames of one network card within an hour, from which on it is watched; 1 to 10,000,000.</summary>
    public int LinkErrors { get; init; } = 10_000;
}

/// <summary>What follows when a node will likely fail.</summary>
public enum PredictionMode
{
    /// <summary>Sensors are not judged.</summary>
    Off,

    /// <summary>It is shown and told.</summary>
    Observe,

    /// <summary>The node gets no new seats, is diagnosed, and is out for repair when that says so.</summary>
    Cordon,

    /// <summary>As cordon, and what sits on it is moved away first, each instance with a restart.</summary>
    MoveAway,
}
