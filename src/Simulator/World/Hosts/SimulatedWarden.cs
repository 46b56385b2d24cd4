using Havm.Core;
using Havm.Core.Host.SelfFence;
using Havm.Core.Leases;
using Havm.Model;
using Havm.Simulator.World.Control;

namespace Havm.Simulator.World.Hosts;

/// <summary>
/// One life of a node's warden: the production <see cref="WardenMachine"/>, with its effects carried out in virtual
/// time. It wakes for what is due, not each tenth of a second: its next beat, the lease's P, and the deadlines after.
/// </summary>
public sealed class SimulatedWarden
{
    /// <summary>The period of the production loop: how late a deadline is at most.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private static readonly LeaseTerms Terms = LeaseTerms.Default;

    private readonly VirtualWorld _world;
    private readonly SimulatedHost _host;
    private readonly WardenMachine _machine;
    private readonly SimulatedStream _stream;
    private readonly ProcessLife _life;
    private readonly Dictionary<long, Action<GateReply>> _asked = [];
    private long _requests;
    private long _tableRead = -1;
    private Instant _lookDue;
    private Instant _beatDue;
    private Instant _wakeAt;
    private WardenLedger? _waiting;
    private bool _writing;
    private bool _over;

    public SimulatedWarden(VirtualWorld world, SimulatedHost host, ProcessLife life)
    {
        _world = world;
        _host = host;
        _life = life;
        Gate = new Gate(world.Time, host.Clock, host.Gate);
        _stream = new SimulatedStream(world, host.Name);
        _machine = new WardenMachine(
            new WardenSettings { Cluster = VirtualWorld.ClusterName }, host.Disk.WardenLedger, host.LeaseNote,
            [.. SeatsOf(host)]);
    }

    /// <summary>All that this process does passes here.</summary>
    public Gate Gate { get; }

    /// <summary>What the seat files of its machines say.</summary>
    private static IEnumerable<SeatRecord> SeatsOf(SimulatedHost host) => host.Machines.Alive.Select(found =>
        new SeatRecord(
            found.Instance, found.Seat.Generation, found.Seat.Machine.Isolation, SocketOf(found.Instance),
            SeatPhase.Running));

    public static string SocketOf(InstanceName instance) => $"vm/{instance}";

    /// <summary>Its first turn; it beats at once.</summary>
    public void Begin()
    {
        _wakeAt = _host.Local;
        Turn();
    }

    /// <summary>Asks at its gate; the answer comes when it is given.</summary>
    public void Ask(Func<long, WardenInput.Asked> question, Action<GateReply> answer)
    {
        var request = ++_requests;
        _asked[request] = answer;
        Gate.Do(() => Step(question(request)));
    }

    /// <summary>The process is gone; with <paramref name="silently"/> its streams say nothing.</summary>
    public void End(bool silently)
    {
        _over = true;
        if (silently)
        {
            _stream.Vanish();
        }
        else
        {
            _stream.Close();
        }
    }

    private void Turn()
    {
        if (_over || _host.Local < _wakeAt)
        {
            return;
        }

        Step(new WardenInput.Tick());
        Look();
        Sleep();
    }

    /// <summary>What it wakes for next; an earlier wake-up that was asked for is void.</summary>
    private void Sleep()
    {
        var now = _host.Local;
        var next = _beatDue;
        if (_machine.HoldsBound)
        {
            next = _machine.IsLeaseFresh(now) && _host.LeaseNote is { } from
                ? Earlier(next, Instant.Max(from + Terms.P, now + TimeSpan.FromMilliseconds(1)))
                : Earlier(next, now + Period);
        }

        _wakeAt = _world.Settings.LiveEveryMoment ? Earlier(next, now + Period) : next;
        Gate.At(_host.Shown(_wakeAt), Turn);
    }

    private static Instant Earlier(Instant a, Instant b) => a < b ? a : b;

    /// <summary>
    /// Reads the cgroups each second, and at each turn once the lease is old; again only when they moved.
    /// </summary>
    private void Look()
    {
        var now = _host.Local;
        if (now < _lookDue && _machine.IsLeaseFresh(now))
        {
            return;
        }

        _lookDue = now + Terms.Heartbeat;
        if (_tableRead != _host.Machines.Version || _world.Settings.LiveEveryMoment)
        {
            _tableRead = _host.Machines.Version;
            Step(new WardenInput.CgroupsRead(_host.Machines.Populated, [.. SeatsOf(_host)]));
        }
    }

    private void Step(WardenInput input)
    {
        if (_over)
        {
            return;
        }

        foreach (var effect in _machine.Step(_host.Local, input))
        {
            CarryOut(effect);
        }
    }

    private void Later(TimeSpan wait, Action act) => Gate.After(wait, () =>
    {
        if (!_over)
        {
            act();
        }
    });

    private void CarryOut(WardenEffect effect)
    {
        switch (effect)
        {
            case WardenEffect.SendBeat beat:
                Send(beat);
                break;
            case WardenEffect.Keep keep:
                Keep(keep.Ledger);
                break;
            case WardenEffect.NoteLease note:
                _host.LeaseNote = note.From;
                break;
            case WardenEffect.FeedWatchdog:
                _host.FeedWatchdog();
                break;
            case WardenEffect.Switch order:
                Later(_world.Settings.Monitor, () => Step(new WardenInput.SwitchDone(
                    order.Instance, order.Generation, order.Verb, _host.Switch(order))));
                break;
            case WardenEffect.Kill kill:
                Later(_world.Settings.Kill, () =>
                    Step(new WardenInput.KillDone(kill.Instance, Empty: _host.Kill(kill.Instance))));
                break;
            case WardenEffect.Reply reply:
                if (_asked.Remove(reply.Request, out var answer))
                {
                    answer(reply.Answer);
                }

                break;
            case WardenEffect.Tell:
                break;
            default:
                throw new InvalidOperationException($"no such effect: {effect}");
        }
    }

    private void Send(WardenEffect.SendBeat beat)
    {
        _beatDue = _host.Local + Terms.Heartbeat;
        SendDatagram();
        if (_stream.Reach(out _) is not { } controller)
        {
            return;
        }

        var heard = new WardenBeatHeard(_host.Name, _host.Boot, _life, _stream.Number)
        {
            Highest = beat.Highest,
            Holds = beat.Holds,
            WatchdogArmed = _host.Watchdog.Armed,
            Uptime = _host.Local.SinceOrigin,
            AgentAnswers = beat.AgentAnswers,
            DepartureReboots = beat.Departure?.Reboot,
            LongLease = beat.LongLease,
            Running = beat.Running,
            Address = _host.Name.Value,
            Reach = _world.ReachOf(_host.Name),
        };
        var number = _stream.Number;
        var sequence = beat.Sequence;
        _stream.Send(controller, () => controller.Hear(
            heard, (epoch, answer) => Answer(controller, number, sequence, epoch, answer)));
    }

    /// <summary>
    /// Beside each beat, without a stream. While the network is whole it arrives with the beat and says nothing more:
    /// then it is left out.
    /// </summary>
    private void SendDatagram()
    {
        if (_world.Network.IsFaulty && _world.Leader is { } leader)
        {
            var heard = new DatagramHeard(_host.Name, _host.Boot) { Uptime = _host.Local.SinceOrigin };
            _world.Network.Send(_host.Name, leader.Home, () => leader.Gate.Do(() => leader.Hear(heard)));
        }
    }

    private void Answer(SimulatedController from, long number, long sequence, Epoch epoch, BeatAnswer answer) =>
        _stream.Answer(from, number, () => Gate.Do(() => Step(new WardenInput.ControllerSpoke(
            VirtualWorld.ClusterName, from.Life, epoch, sequence, answer.Lease, answer.Goal, answer.Refused,
            answer.LongLease) { Departs = answer.Departs, Event = answer.Event })));

    /// <summary>One write at a time; of those that wait only the newest is written.</summary>
    private void Keep(WardenLedger ledger)
    {
        _waiting = ledger;
        if (_writing)
        {
            return;
        }

        _writing = true;
        Write();
    }

    private void Write()
    {
        var ledger = _waiting!;
        _waiting = null;
        Later(_world.Settings.FileWrite, () =>
        {
            if (_host.Disk.Full)
            {
                _writing = false;
                Step(new WardenInput.LedgerNotKept("no space left on device"));
                return;
            }

            _host.Disk.WardenLedger = ledger;
            if (_waiting is not null)
            {
                Write();
            }
            else
            {
                _writing = false;
            }

            Step(new WardenInput.LedgerKept(ledger.Version));
        });
    }
}
