using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Host.Goals;
using Havm.Core.Host.SelfFence;
using Havm.Core.Host.Watch;
using Havm.Core.Leases;
using Havm.Core.Liveness;
using Havm.Model;
using Havm.Simulator.World.Control;
using Havm.Simulator.World.Storage;

namespace Havm.Simulator.World.Hosts;

/// <summary>
/// One life of a node's agent: the production <see cref="HostMachine"/>, with its effects carried out in virtual time.
/// While everything on the node rests its turns are made without asking the machine, which has nothing to say then: see
/// <see cref="RestWatch"/>.
/// </summary>
public sealed class SimulatedAgent
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private const int InventoryEvery = 5;

    private readonly VirtualWorld _world;
    private readonly SimulatedHost _host;
    private readonly HostMachine _machine;
    private readonly SimulatedStream _stream;
    private readonly ProcessLife _life;
    private readonly Gate _gate;
    private readonly SimulatedHands _hands;
    private readonly SimulatedEyes _eyes;
    private readonly RestWatch _rest;
    private ImmutableArray<SeatView> _seatsSeen;
    private ImmutableArray<DatastoreSighting> _sightings = [];
    private ImmutableArray<GuestAnswer> _guests = [];
    private ImmutableArray<NodeName> _reached = [];
    private long _turns;
    private long _tableSeen = -1;
    private long _versionSent;
    private (SimulatedController? Controller, long Number) _knownTo;
    private long _holds;
    private Instant _nextBeat;
    private bool _over;
    private long _partsSeen;

    public SimulatedAgent(VirtualWorld world, SimulatedHost host, ProcessLife life)
    {
        _world = world;
        _host = host;
        _life = life;
        _gate = new Gate(world.Time, host.Clock, host.Gate);
        _stream = new SimulatedStream(world, host.Name);
        _machine = new HostMachine(
            new HostSettings { Cluster = VirtualWorld.ClusterName, Capacity = world.CapacityOf(host.Name) },
            host.Disk.AgentLedger);
        _hands = new SimulatedHands(world, host, _gate, () => !_over, Step);
        _eyes = new SimulatedEyes(world, host, _gate, () => !_over, Step);
        _rest = new RestWatch(world, host.Machines);
    }

    /// <summary>
    /// Nothing that it was told or ordered is still on its way; what is left alone stays as it is, whatever that is.
    /// </summary>
    public bool Settled => _hands.Busy == 0 && _machine.Report is { } report
        && report.Instances.All(instance => RestWatch.Rests(instance) || _host.IsLeftAlone(instance.Instance));

    /// <summary>Its report as it would be told now; null before the first.</summary>
    public NodeReport? Report => _machine.Report;

    /// <summary>It stands still until it is restarted.</summary>
    public bool Hangs { get; private set; }

    /// <summary>It neither looks at its machines nor hears of them, until it is restarted, and beats on.</summary>
    public bool IsBlind { get; set; }

    public void Begin() => Turn();

    /// <summary>Its process stands still from now on; its stream stays open.</summary>
    public void Hang()
    {
        if (!Hangs)
        {
            Hangs = true;
            _gate.Hold();
        }
    }

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

    /// <summary>A machine gave a sign of life or trouble.</summary>
    public void Sign(InstanceName instance, Generation generation, MachineSignKind kind) =>
        Sign(instance, generation, new MachineSign(kind));

    /// <summary>The same, with its words for people.</summary>
    public void Sign(InstanceName instance, Generation generation, MachineSign sign) =>
        Hear(new HostInput.Signed(instance, generation, sign));

    /// <summary>Comes after what came before it, as everything from a monitor does.</summary>
    public void Hear(HostInput told) => _gate.After(_world.Settings.LocalCall, () =>
    {
        if (!IsBlind)
        {
            Step(told);
        }
    });

    /// <summary>What its machines use has changed and is read once more.</summary>
    public void Measure() => _hands.CarryOut(new HostEffect.ReadUses());

    /// <summary>Each second: asks the warden, looks through the node, and beats.</summary>
    private void Turn()
    {
        if (_over)
        {
            return;
        }

        // A warden misses its agent after 3 s: at rest every other question is enough for it.
        if (!_rest.Now || _turns % 2 == 0)
        {
            AskWarden();
        }

        if (_turns++ % InventoryEvery == 0 && !IsBlind)
        {
            TakeInventory();
        }

        if (_host.DisksLost || _machine.Report is { Ailments.IsEmpty: false })
        {
            Step(new HostInput.NodeLooked(new NodeLook([LookAtDatastore()], "", TimeSpan.Zero)));
        }
        else if (!_rest.Now || IsBlind)
        {
            Step(new HostInput.Tick());
        }

        if (OldNews.BeginsAnew(_machine.LookAge, _machine.HasLooked))
        {
            _host.RestartAgent();
            return;
        }

        if (_host.Parts.Changed(ref _partsSeen))
        {
            Step(new HostInput.SensorsRead(_host.Parts.Readings));
        }

        BeatIfDue();
        _gate.After(Second, Turn);
    }

    private DatastoreLook LookAtDatastore() => _host.DisksLost
        ? new DatastoreLook(SimulatedHeartbeats.Name, null, null, "input/output error", null)
        : new DatastoreLook(SimulatedHeartbeats.Name, null, TimeSpan.Zero, "", null);

    /// <summary>
    /// The question itself tells the warden that the agent lives; the answer is news only when it differs.
    /// </summary>
    private void AskWarden()
    {
        if (_host.Warden!.Gate.Held)
        {
            _gate.After(Second, () => Step(new HostInput.WardenSilent("no answer to Status within 1 s")));
            return;
        }

        AskStatus();
    }

    private void AskStatus() => _host.Warden!.Ask(id => new WardenInput.StatusAsked(id), reply =>
    {
        if (_rest.Now && !_seatsSeen.IsDefault && reply.Seats.AsSpan().SequenceEqual(_seatsSeen.AsSpan()))
        {
            return;
        }

        _seatsSeen = reply.Seats;
        Step(new HostInput.WardenHeard([.. reply.Seats.Select(seat => new WardenView(
            seat.Instance, seat.Generation, seat.Phase == SeatPhase.Permitted, seat.Phase == SeatPhase.Paused,
            seat.Phase == SeatPhase.Ended, seat.ByLease))], reply.LeaseAge));
    });

    private void TakeInventory()
    {
        if (_world.Time.Now < _host.BlindUntil)
        {
            _tableSeen = -1;
            Step(new HostInput.InventoryTaken(_host.Local, false, []));
            return;
        }

        if (_rest.Now && _tableSeen == _host.Machines.Version)
        {
            _machine.LookedAgain();
            return;
        }

        _tableSeen = _host.Machines.Version;
        Step(new HostInput.InventoryTaken(_host.Local, true, [.. _host.Machines.Alive.Select(found =>
            new FoundProcess(found.Instance, found.Seat.Generation, found.Pid, found.Seat, true))]));
    }

    private void Step(HostInput input)
    {
        if (_over)
        {
            return;
        }

        var before = _machine.ReportVersion;
        var effects = _machine.Step(new Moment(_host.Local, _host.Wall), input);
        foreach (var effect in effects)
        {
            CarryOut(effect);
        }

        if (effects.Count > 0 || before != _machine.ReportVersion)
        {
            _rest.Disturb(_machine.Report);
        }

        BeatIfDue();
    }

    private void CarryOut(HostEffect effect)
    {
        switch (effect)
        {
            case HostEffect.Tell:
                break;
            case HostEffect.TellSightings tell:
                _sightings = tell.Sightings;
                break;
            case HostEffect.LookClosely look:
                _eyes.LookCloselyUntil(look.Until);
                break;
            case HostEffect.AskGuests ask:
                _eyes.AskGuests(ask);
                break;
            case HostEffect.TellGuests tell:
                _guests = _guests.AddRange(tell.Answers);
                break;
            case HostEffect.AskNode ask:
                _eyes.AskNode(ask);
                break;
            case HostEffect.TellReached tell:
                _reached = _reached.Add(tell.Node);
                break;
            default:
                _hands.CarryOut(effect);
                break;
        }
    }

    /// <summary>Each second, and at once when the report has news or a controller waits for what was seen.</summary>
    private void BeatIfDue()
    {
        var now = _host.Local;
        if (now < _nextBeat && _machine.ReportVersion == _versionSent && _sightings.IsEmpty && _guests.IsEmpty
            && _reached.IsEmpty)
        {
            return;
        }

        _nextBeat = now + Second;
        _versionSent = _machine.ReportVersion;
        var (sightings, guests, reached) = (_sightings, _guests, _reached);
        (_sightings, _guests, _reached) = ([], [], []);
        if (_stream.Reach(out var connected) is not { } controller)
        {
            return;
        }

        _holds = connected ? 0 : _holds;
        var beat = new AgentBeatHeard(_host.Name, _host.Boot, _life, _stream.Number)
        {
            Highest = _machine.Highest,
            Holds = _machine.Holds,
            Report = _holds == _machine.ReportVersion ? null : _machine.Report,
            Uptime = _host.Local.SinceOrigin,
            LookAge = _machine.LookAge,
            Sightings = sightings,
            Guests = guests,
            Reached = reached,
        };
        var number = _stream.Number;
        if (_knownTo != (controller, number))
        {
            _knownTo = (controller, number);
            controller.KnowAgent(_host.Name, new AgentLine(
                (epoch, goal) => Pushed(controller, number, epoch, goal),
                question => Asked(controller, number, question)));
        }

        _stream.Send(controller, () => controller.Hear(
            beat, (epoch, answer) => Answered(controller, number, epoch, answer)));
    }

    private void Answered(SimulatedController from, long number, Epoch epoch, BeatAnswer answer) =>
        _stream.Answer(from, number, () => _gate.Do(() =>
        {
            _holds = answer.ReportVersion;
            Spoke(from, epoch, answer.ReportVersion, answer.Goal, answer.Refused);
        }));

    /// <summary>A goal that was pushed as soon as it was committed.</summary>
    private void Pushed(SimulatedController from, long number, Epoch epoch, Goal goal) =>
        _stream.Answer(from, number, () => _gate.Do(() => Spoke(from, epoch, 0, goal, null)));

    private void Asked(SimulatedController from, long number, AgentQuestion question) =>
        _stream.Answer(from, number, () => _gate.Do(() =>
        {
            if (question is ReadHeartbeat look)
            {
                _eyes.AskedAbout(look.About);
                Step(new HostInput.HeartbeatAsked(look.About, look.Closely));
            }
            else if (question is AskGuests ask)
            {
                Step(new HostInput.GuestsAsked(ask.About, ask.Cards));
            }
            else if (question is AskNode node)
            {
                Step(new HostInput.NodeAsked(node.About, node.Address));
            }
        }));

    private void Spoke(SimulatedController from, Epoch epoch, long version, Goal? goal, string? refused)
    {
        if (!_rest.IsOldNews(from.Life, epoch, version, goal, refused))
        {
            Step(new HostInput.ControllerSpoke(
                VirtualWorld.ClusterName, from.Life, epoch, version, goal, refused));
        }
    }
}

/// <summary>An agent's stream as a controller uses it without having been asked.</summary>
/// <param name="Push">Sends a goal.</param>
/// <param name="Ask">Asks about a silent node.</param>
public sealed record AgentLine(Action<Epoch, Goal> Push, Action<AgentQuestion> Ask);
