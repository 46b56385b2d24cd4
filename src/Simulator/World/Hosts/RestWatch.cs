using Havm.Model;

namespace Havm.Simulator.World.Hosts;

/// <summary>
/// Knows when an agent's machine has nothing to say, so that quiet time costs next to nothing. It rests when every
/// machine on the node stands where it is wanted and nothing was ordered or told for longer than any wait of the
/// machine's own but those that show in the report. Whatever is news wakes it. No outcome may hang on it: a test lives
/// the same life with and without.
/// </summary>
public sealed class RestWatch(VirtualWorld world, QemuTable machines)
{
    /// <summary>Longer than the machine's retries that do not show in a report.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(12);

    private Instant _disturbed = world.Time.Now;
    private bool _rests;
    private (string Life, Epoch Epoch, long Version, Epoch GoalEpoch, long Goal)? _heard;

    public bool Now => _rests && !machines.AnyMaySpeak && !world.Settings.LiveEveryMoment
        && world.Time.Now - _disturbed >= Calm;

    /// <summary>Something was ordered, or the report changed.</summary>
    public void Disturb(NodeReport? report)
    {
        _disturbed = world.Time.Now;
        _rests = report is not null && Rests(report);
    }

    /// <summary>Every machine stands where it will stay by itself.</summary>
    public static bool Rests(NodeReport report)
    {
        foreach (var instance in report.Instances)
        {
            if (!Rests(instance))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>It stands where it will stay by itself.</summary>
    public static bool Rests(InstanceReport instance) => instance.Phase
        is MachinePhase.Running or MachinePhase.Ready or MachinePhase.Stopped or MachinePhase.GaveUp;

    /// <summary>Whether a controller's words are the very ones that were taken before; remembers them.</summary>
    public bool IsOldNews(string life, Epoch epoch, long version, Goal? goal, string? refused)
    {
        var heard = (life, epoch, version, goal?.Epoch ?? Epoch.None, goal?.Revision ?? -1);
        var old = Now && refused is null && _heard == heard;
        _heard = refused is null ? heard : null;
        return old;
    }
}
