namespace Havm.Core;

/// <summary>
/// Times on record, UTC, that another controller's clock may have written. What must survive a controller is kept by
/// wall clock; nothing may wait for a time that was written by one which was ahead.
/// </summary>
public static class WallTime
{
    /// <summary>Controllers' clocks differ by less.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    /// <summary>Whether it was noted by a clock that was ahead.</summary>
    public static bool IsAhead(DateTimeOffset noted, DateTimeOffset wall) => noted - wall > Slack;
}
