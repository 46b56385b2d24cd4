using System.Text;
using Havm.Guest.Agent;
using Havm.Guest.Host;
using Havm.Guest.Notices;
using Havm.Model;
using Havm.Wire.Guest;
using static Havm.Guest.Agent.AgentEffect;
using static Havm.Guest.Agent.AgentInput;

namespace Havm.Simulator.World.Hosts;

/// <summary>
/// The guest agent of one boot of a guest, which is the production one, and the program that it supervises. What it
/// says goes to the host's agent through the production translation.
/// </summary>
internal sealed class SimulatedRole
{
    /// <summary>A program that crashes does so this long after its start.</summary>
    private static readonly TimeSpan CrashesAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan EndsAfter = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan AnswersAfter = TimeSpan.FromSeconds(0.02);
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(1);

    /// <summary>A program that is to approve what is planned needs so long to be ready for it.</summary>
    private static readonly TimeSpan ApprovesAfter = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Rereads = TimeSpan.FromHours(1);

    private const int Crashed = 1;
    private const int Terminated = 143;

    private readonly VirtualWorld _world;
    private readonly SimulatedHost _host;
    private readonly QemuState _process;
    private readonly AgentMachine _machine;
    private readonly Instant _booted;
    private GuestTranslator _translator = new();
    private bool _gaveUp;
    private Instant? _restarted;
    private bool _runs;
    private int _run;
    private int _probe;
    private int _tick;

    public SimulatedRole(VirtualWorld world, SimulatedHost host, QemuState process)
    {
        (_world, _host, _process, _booted) = (world, host, process, host.Local);
        _machine = new AgentMachine(
            new AgentIdentity("havm-guest-agent", "simulated", $"{host.Boot}-{process.Pid}"),
            AgentSettings.Default with { BeatPeriod = world.Settings.GuestBeat });
    }

    /// <summary>Whether its host has a program for this guest.</summary>
    public static bool Has(SeatGoal seat) => seat.Machine.Application is { Command.Length: > 0 };

    /// <summary>What is wrong with the program in this boot of its guest alone; null: nothing.</summary>
    public RoleFate? Fate { get; set; }

    /// <summary>
    /// It is well, and was for as long as its guest agent takes to forgive its restarts; or it was given up, and nobody
    /// looks.
    /// </summary>
    public bool Settled => _process.Ready
        ? Ill is null && (_restarted is not { } at || _host.Local - at >= StableAfter + Margin)
        : _gaveUp && _process.Seat.Machine.Monitoring == MonitoringMode.Off;

    public void Begin()
    {
        Meet(new HostCame());
        Introduce(_process.Seat);
        ReadNotices();
    }

    /// <summary>Its host tells it who it is, what its load balancer sees and what is planned with it.</summary>
    public void Introduce(SeatGoal seat)
    {
        Meet(new LineHeard(new GuestLine.Message(GuestConfiguration.For(seat, _world.Settings.GuestBeat))));
        if (seat.Notice is { } notice && Does(SimulatedProgram.ApprovesNotices))
        {
            _host.Gate.After(ApprovesAfter, () => Ask("POST", $$"""{"StartRequests":[{"EventId":"{{notice.Id}}"}]}"""));
        }
        else if (seat.Notice is not null && Does(SimulatedProgram.PowersOffOnNotice))
        {
            _host.Gate.After(ApprovesAfter, PowerOffGuest);
        }
    }

    /// <summary>Another life of its host's agent has opened the port.</summary>
    public void Reconnect()
    {
        _translator = new GuestTranslator();
        Meet(new HostLeft());
        Meet(new HostCame());
    }

    /// <summary>The program ends without an order.</summary>
    public void Crash() => EndRun(_run, Crashed);

    private TimeSpan Uptime => _host.Local - _booted;

    private TimeSpan StableAfter => _process.Seat.Machine.Application!.Restart.StableAfter;

    private RoleFate? Ill => Fate ?? _world.Roles.FateOf(_process.Instance);

    private bool Lives => _host.Machines.Find(_process.Instance) == _process
        && _process is { Hangs: false, HasShutDown: false };

    private void Meet(AgentInput input)
    {
        if (!Lives)
        {
            return;
        }

        foreach (var effect in _machine.Handle(input, Uptime))
        {
            CarryOut(effect);
        }

        Wait();
    }

    private void PowerOffGuest()
    {
        if (Lives)
        {
            _host.AskShutdown(_process.Instance, _process.Seat.Generation);
        }
    }

    private bool Does(string word) => _process.Seat.Machine.Application!.Command.Contains(word);

    private void ReadNotices()
    {
        if (Lives && (Does(SimulatedProgram.ReadsNotices) || Does(SimulatedProgram.ApprovesNotices)
            || Does(SimulatedProgram.PowersOffOnNotice)))
        {
            Ask("GET", "");
            _host.Gate.After(Rereads, ReadNotices);
        }
    }

    /// <summary>The program asks at the metadata address, while its guest runs.</summary>
    private void Ask(string method, string body)
    {
        if (_process.Runs)
        {
            Meet(new MetadataAsked(
                0,
                new MetadataRequest(
                    method, NoticeBoard.Path, "api-version=2020-07-01", true, false, Encoding.UTF8.GetBytes(body)),
                _world.Wall));
        }
    }

    private void Wait()
    {
        if (_machine.NextDue is { } due)
        {
            var (tick, left) = (++_tick, due - Uptime);
            _host.Gate.After(left > TimeSpan.Zero ? left : TimeSpan.Zero, () => Tick(tick));
        }
    }

    /// <summary>Nothing is done in a guest whose vCPUs are held.</summary>
    private void Tick(int tick)
    {
        if (tick != _tick || !Lives)
        {
            return;
        }

        if (_process.Runs)
        {
            Meet(new Ticked());
        }
        else
        {
            _host.Gate.After(Recheck, () => Tick(tick));
        }
    }

    private void CarryOut(AgentEffect effect)
    {
        switch (effect)
        {
            case Say say:
                foreach (var sign in _translator.Take(say.Message, Uptime))
                {
                    Tell(sign);
                }

                break;
            case StartRole:
                StartRun();
                break;
            case EndRole:
                var ending = _run;
                _host.Gate.After(EndsAfter, () => EndRun(ending, Terminated));
                break;
            case StartProbe:
                var asked = ++_probe;
                _host.Gate.After(AnswersAfter, () => Answer(asked));
                break;
            case DropProbe:
                _probe++;
                break;
            case Note or AgentEffect.Answer or PowerOff or Exit:
                // A guest's end by order is played for the whole guest.
                break;
        }
    }

    private void Tell(MachineSign sign)
    {
        switch (sign.Kind)
        {
            case MachineSignKind.GuestReady:
                (_process.Ready, _gaveUp) = (true, false);
                _restarted = _restarted is null ? null : _host.Local;
                _world.Roles.IsWell(_process.Instance);
                break;
            case MachineSignKind.GuestNotReady or MachineSignKind.RoleDown or MachineSignKind.RoleGivenUp:
                (_process.Ready, _gaveUp) = (false, sign.Kind == MachineSignKind.RoleGivenUp);
                _restarted = _host.Local;
                break;
        }

        if (_gaveUp)
        {
            _world.Roles.IsGivenUp(_process.Instance);
        }

        if (!_process.ShuttingDown)
        {
            _host.Agent?.Sign(_process.Instance, _process.Seat.Generation, sign);
        }
    }

    private void StartRun()
    {
        var run = ++_run;
        _runs = true;
        _host.Gate.After(TimeSpan.Zero, () => Meet(new RoleStarted()));
        if (Ill == RoleFate.Crashes)
        {
            _host.Gate.After(CrashesAfter, () => EndRun(run, Crashed));
        }
    }

    private void EndRun(int run, int code)
    {
        if (_runs && run == _run && Lives)
        {
            _runs = false;
            Meet(new RoleExited(code));
        }
    }

    private void Answer(int probe)
    {
        if (probe == _probe)
        {
            Meet(new ProbeAnswered(_runs && Ill != RoleFate.Unwell));
        }
    }
}

/// <summary>Words on the command line of a simulated program, which tell what it does.</summary>
public static class SimulatedProgram
{
    /// <summary>It asks once an hour what is planned with its guest.</summary>
    public const string ReadsNotices = "--reads-notices";

    /// <summary>And approves it.</summary>
    public const string ApprovesNotices = "--approves-notices";

    /// <summary>It asks, and powers its guest off when it reads of something.</summary>
    public const string PowersOffOnNotice = "--powers-off-on-notice";
}

/// <summary>What is wrong with the program in a guest.</summary>
public enum RoleFate
{
    /// <summary>It ends 1 s after each start.</summary>
    Crashes,

    /// <summary>It runs, and does not pass its probe.</summary>
    Unwell,
}

/// <summary>Programs that are ill wherever their VM runs, whatever is begun anew.</summary>
public sealed class RoleFates
{
    private readonly SortedDictionary<InstanceName, RoleFate> _ill = [];
    private readonly HashSet<InstanceName> _givenUp = [];

    public void Spoil(InstanceName instance, RoleFate fate) => _ill[instance] = fate;

    public void Heal(InstanceName instance) => _ill.Remove(instance);

    /// <summary>Its guest agent has given it up, and no guest has said since that it is well.</summary>
    public bool WasGivenUp(InstanceName instance) => _givenUp.Contains(instance);

    internal void IsGivenUp(InstanceName instance) => _givenUp.Add(instance);

    internal void IsWell(InstanceName instance) => _givenUp.Remove(instance);

    internal RoleFate? FateOf(InstanceName instance) => _ill.TryGetValue(instance, out var fate) ? fate : null;
}
