namespace Havm.Model;

/// <summary>
/// The controller a node obeys: the same cluster, the highest epoch, and the newest goal of that epoch made durable; 0
/// before there is one.
/// </summary>
public sealed record LeaderSeen(string Cluster, string Controller, Epoch Epoch, long GoalRevision)
{
    public static readonly LeaderSeen None = new("", "", Epoch.None, 0);

    /// <summary>
    /// The newest event of the cluster's history that this controller had on record when it answered the warden last;
    /// 0 before it did. It is remembered from one boot to the next only as of the last time that anything else changed.
    /// </summary>
    public long Event { get; init; }
}

/// <summary>An instance seen running, at the generation it was started with.</summary>
public sealed record RunningSeat(InstanceName Instance, Generation Generation);

/// <summary>An announced shutdown or reboot.</summary>
public sealed record DepartureNotice(bool Reboot);
