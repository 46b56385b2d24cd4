using Havm.Model;

namespace Havm.Simulator.World.Hosts;

/// <summary>
/// The clocks of one machine. Its steady clock runs at its own rate and never jumps; its wall clock can be set wrong
/// besides.
/// </summary>
public sealed class HostClock
{
    private Instant _world = Instant.Origin;
    private Instant _shown = Instant.Origin;
    private double _rate = 1;

    /// <summary>How far the wall clock is ahead of the steady one; below zero: behind.</summary>
    public TimeSpan WallStep { get; set; }

    /// <summary>What the steady clock shows at a moment of the world, not before the last change of its rate.</summary>
    public Instant Show(Instant world) => _shown + Scaled(world - _world, _rate);

    /// <summary>The first moment of the world at which the steady clock shows so much.</summary>
    public Instant World(Instant shown)
    {
        var world = _world + Scaled(shown - _shown, 1 / _rate);

        // Ticks are cut off on both ways: without this a timer could be early by one, and find nothing due.
        while (Show(world) < shown)
        {
            world += TimeSpan.FromTicks(1);
        }

        return world;
    }

    /// <summary>From now on it gains or loses this part of each second; 0 is right.</summary>
    public void Drift(Instant now, double part) => (_shown, _world, _rate) = (Show(now), now, 1 + part);

    private static TimeSpan Scaled(TimeSpan time, double rate) =>
        rate == 1 ? time : TimeSpan.FromTicks((long)(time.Ticks * rate));
}
