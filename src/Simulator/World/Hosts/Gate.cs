using Havm.Model;

namespace Havm.Simulator.World.Hosts;

/// <summary>
/// What a process or a whole machine does passes here. While it stands still, all that would happen waits, and happens
/// in the same order as soon as it goes on: timers are late, and what was sent to it is found in its buffers.
/// </summary>
/// <param name="time">The world's clock.</param>
/// <param name="clock">The clock of the machine, by which it waits.</param>
/// <param name="outer">What stands still with it: the machine of a process. Null: this is the machine.</param>
public sealed class Gate(VirtualTime time, HostClock clock, Gate? outer = null)
{
    private readonly Queue<Action> _waiting = new();
    private int _holds;
    private int _generation;
    private bool _goesOnWithItsMachine;

    /// <summary>It stands still by itself or with its machine.</summary>
    public bool Held => _holds > 0 || (outer?.Held ?? false);

    /// <summary>Nothing waits here for its turn, nor at its machine.</summary>
    private bool IsOpen => _holds == 0 && !_goesOnWithItsMachine && (outer?.IsOpen ?? true);

    /// <summary>Does it now, or as soon as nothing stands still.</summary>
    public void Do(Action act)
    {
        if (IsOpen)
        {
            act();
        }
        else if (outer is null)
        {
            DoHere(act);
        }
        else
        {
            outer.Do(() => DoHere(act));
        }
    }

    /// <summary>Does it after a while by the machine's own clock.</summary>
    public void After(TimeSpan wait, Action act) => At(clock.Show(time.Now) + wait, act);

    /// <summary>Does it when the machine's steady clock shows so much.</summary>
    public void At(Instant shown, Action act) => time.At(clock.World(shown), () =>
    {
        // The clock may have been slowed down while this waited.
        if (clock.Show(time.Now) < shown)
        {
            At(shown, act);
        }
        else
        {
            Do(act);
        }
    });

    /// <summary>It stands still from now on; what holds it longest counts.</summary>
    /// <returns>Ends this hold, once; true when it goes on then. After a power cut it does nothing.</returns>
    public Func<bool> Hold()
    {
        var generation = _generation;
        var over = false;
        _holds++;
        return () =>
        {
            if (over || generation != _generation)
            {
                return false;
            }

            over = true;
            return Release();
        };
    }

    /// <summary>Its power went: nothing waits any more, and nothing holds the next boot.</summary>
    public void Reset()
    {
        _generation++;
        _holds = 0;
        _goesOnWithItsMachine = false;
        _waiting.Clear();
    }

    private bool Release()
    {
        if (--_holds > 0)
        {
            return false;
        }

        if (outer is { Held: true })
        {
            // Its machine stands still yet: what waits here goes on with it, before whatever came later.
            _goesOnWithItsMachine = true;
            outer.Do(GoOn);
        }
        else
        {
            GoOn();
        }

        return true;
    }

    private void GoOn()
    {
        _goesOnWithItsMachine = false;
        var generation = _generation;
        while (!Held && generation == _generation && _waiting.TryDequeue(out var act))
        {
            act();
        }
    }

    private void DoHere(Action act)
    {
        if (_holds > 0 || _goesOnWithItsMachine)
        {
            _waiting.Enqueue(act);
        }
        else
        {
            act();
        }
    }
}
