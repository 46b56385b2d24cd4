using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>How old what is known of the node's machines is.</summary>
public sealed partial class HostMachine
{
    /// <summary>
    /// Facts come each second or more often: in a longer pause the agent did not run, and could not have looked.
    /// </summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(2);

    private Instant? _steppedAt;

    /// <summary>
    /// For how long this life has run since the node was last looked through, or since its beginning. Told with each
    /// beat, because what reports say is as old as that.
    /// </summary>
    public TimeSpan LookAge { get; private set; }

    /// <summary>This life has seen all of its node once.</summary>
    public bool HasLooked => _sawWholeNode;

    /// <summary>The node was looked through, and nothing is to be told of it.</summary>
    public void LookedAgain() => LookAge = TimeSpan.Zero;

    private void AgeLook(Instant now)
    {
        var step = now - (_steppedAt ?? now);
        LookAge += step < LongestStep ? step : LongestStep;
        _steppedAt = now;
    }
}
