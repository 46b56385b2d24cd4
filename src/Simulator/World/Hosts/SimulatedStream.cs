using Havm.Core;
using Havm.Model;
using Havm.Simulator.World.Control;
using Havm.Simulator.World.Network;

namespace Havm.Simulator.World.Hosts;

/// <summary>
/// A process's stream to whichever controller is in office: a node holds one to each, and nobody else's answer counts,
/// so one that stands still with its office lost holds nobody up. It is made by the first word that can be answered,
/// stays while words pass, and ends at each side by that side's own patience: a cut and a power loss send no end of it.
/// </summary>
public sealed class SimulatedStream(VirtualWorld world, NodeName node)
{
    private SimulatedController? _peer;
    private Lane _out = new();
    private Lane _back = new();
    private Instant? _stuckSince;
    private bool _over;

    /// <summary>In order of acceptance, from 1; 0 while there is no stream.</summary>
    public long Number { get; private set; }

    /// <summary>Whom it speaks to now; connects when it can.</summary>
    /// <returns>The controller; null: there is nobody to send to.</returns>
    public SimulatedController? Reach(out bool connected)
    {
        connected = false;
        var leader = world.LeaderFor(node);
        if (leader != _peer)
        {
            Drop();
            _peer = leader;
        }

        if (_over || leader is null)
        {
            return null;
        }

        if (_out.GivenUp || _back.GivenUp)
        {
            Forget();
        }

        if (!world.Network.Joins(node, leader.Home))
        {
            Stick();
            return Number == 0 ? null : leader;
        }

        _stuckSince = null;
        if (Number == 0)
        {
            Number = leader.Accept();
            connected = true;
        }

        return leader;
    }

    /// <summary>Sends on the stream that <see cref="Reach"/> found.</summary>
    public void Send(SimulatedController peer, Action arrive) =>
        world.Network.Send(node, peer.Home, _out, () => peer.Gate.Do(arrive));

    /// <summary>A controller's word on this very stream; it never arrives on another.</summary>
    public void Answer(SimulatedController from, long number, Action arrive)
    {
        if (Carries(from, number))
        {
            world.Network.Send(from.Home, node, _back, () =>
            {
                if (Carries(from, number))
                {
                    arrive();
                }
            });
        }
    }

    private bool Carries(SimulatedController from, long number) => !_over && _peer == from && Number == number;

    /// <summary>The process ended in good order: its kernel says so.</summary>
    public void Close()
    {
        if (!_over && _peer is { } peer && Number != 0)
        {
            var ended = new StreamEnded(node, Number);
            Send(peer, () => peer.Hear(ended));
        }

        _over = true;
        Number = 0;
    }

    /// <summary>The process is gone without a word: the other side learns by its own patience.</summary>
    public void Vanish()
    {
        Forget();
        _over = true;
    }

    private void Stick()
    {
        if (Number == 0)
        {
            return;
        }

        _stuckSince ??= world.Time.Now;
        if (world.Time.Now - _stuckSince >= world.Settings.StreamPatience)
        {
            Forget();
        }
    }

    private void Forget()
    {
        if (_peer is { } peer && Number != 0)
        {
            var ended = new StreamEnded(node, Number);
            var stuck = _stuckSince is { } since ? world.Time.Now - since : TimeSpan.Zero;
            world.Time.After(world.Settings.StreamSilence - stuck, () => peer.Gate.Do(() => peer.Hear(ended)));
        }

        Drop();
    }

    private void Drop()
    {
        _out.GiveUp();
        _back.GiveUp();
        (_out, _back) = (new Lane(), new Lane());
        Number = 0;
        _stuckSince = null;
    }
}
