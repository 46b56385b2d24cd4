using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>
/// Somebody outside works on a guest, as backup software does: it may be silent for as long, and that is no hang.
/// </summary>
/// <param name="Left">
/// How long that still holds as the goal is sent, 0 s to <see cref="Most"/>. Time left and no time of day: the node
/// counts it down on its own clock, also when no controller speaks to it any more.
/// </param>
/// <param name="Why">What is done with it, "backup".</param>
public sealed record BusyWord(TimeSpan Left, string Why)
{
    /// <summary>Shortest that can be ordered: for less nobody would be judged hung.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    /// <summary>Longest that can be ordered, and that a node believes: for so long a hang goes unseen.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromHours(24);

    /// <summary>What a node makes of it, whatever clock wrote it.</summary>
    [JsonIgnore]
    public TimeSpan Believed => Left < Most ? Left : Most;
}
