using Havm.Core.Host.Goals;
using Havm.Core.Host.SelfFence;
using Havm.Model;
using Havm.Simulator.Fencing;

namespace Havm.Simulator.World.Hosts;

/// <summary>What a host still has after its power was gone.</summary>
public sealed class HostDisk
{
    /// <summary>There is no room: what is there stays, nothing is written.</summary>
    public bool Full { get; set; }

    public WardenLedger WardenLedger { get; set; } = WardenLedger.Empty;

    public HostLedger AgentLedger { get; set; } = HostLedger.Empty;
}

/// <summary>
/// A machine of the world: power, boots, a BMC, a watchdog, and what runs on it. It owns the truth about all of that
/// and tells its witness. A power cut is silent; an orderly shutdown announces itself first.
/// </summary>
public sealed partial class SimulatedHost
{
    private readonly VirtualWorld _world;
    private Instant _booted;
    private int _boots;
    private int _powers;
    private bool _pathLost;
    private int _lives;
    private bool _hasWatchdog;

    public SimulatedHost(VirtualWorld world, NodeName name)
    {
        _world = world;
        Name = name;
        Gate = new Gate(world.Time, Clock);
        Watchdog = new SimulatedWatchdog(world.Time, () => PowerOff("self-fence", "lease"));
        Machines = new QemuTable(name, world.Whereabouts, world.Witness);
        Bmc = new SimulatedBmc
        {
            Uuid = $"uuid-{name}", Credentials = "bmc", Authority = "bmc", Power = PowerState.Off,
        };
        Supply = new PowerSupply(this);
    }

    public NodeName Name { get; }

    public SimulatedBmc Bmc { get; }

    public PowerSupply Supply { get; }

    public HostClock Clock { get; } = new();

    /// <summary>All that runs on it passes here; BMC and watchdog do not.</summary>
    public Gate Gate { get; }

    public HostDisk Disk { get; } = new();

    public SimulatedWatchdog Watchdog { get; }

    public QemuTable Machines { get; }

    public MachineFaults Faults { get; } = new();

    /// <summary>What wears in it, and what a look at it finds.</summary>
    public SimulatedParts Parts { get; } = new();

    /// <summary>Until then its agent's searches are cut short.</summary>
    public Instant BlindUntil { get; set; }

    public bool Powered { get; private set; }

    /// <summary>Its operating system runs.</summary>
    public bool Up { get; private set; }

    /// <summary>An orderly end of its power is on its way.</summary>
    public bool Leaving { get; private set; }

    public BootId Boot { get; private set; }

    /// <summary>From when the lease counts, as the run directory of this boot remembers it.</summary>
    public Instant? LeaseNote { get; set; }

    public SimulatedWarden? Warden { get; private set; }

    public SimulatedAgent? Agent { get; private set; }

    /// <summary>Its own clock, now: it begins with each boot.</summary>
    public Instant Local => At(_world.Time.Now);

    /// <summary>Its own clock for a moment of the world.</summary>
    public Instant At(Instant world) => new(Clock.Show(world) - _booted);

    /// <summary>What its steady clock, which no boot sets back, shows at a moment of this boot's.</summary>
    public Instant Shown(Instant local) => _booted + local.SinceOrigin;

    /// <summary>UTC by its own wall clock, for records that people read.</summary>
    public DateTimeOffset Wall => _world.Wall + (Clock.Show(_world.Time.Now) - _world.Time.Now) + Clock.WallStep;

    /// <summary>Nothing is on its way here: no boot, no shutdown, no order under way.</summary>
    public bool Settled => Powered == Up && !Leaving
        && !Machines.Alive.Any(
            machine => (machine is { Hangs: true, IsWatched: true } or { Hangs: false, Role.Settled: false }
                    or { DiskError: not null })
                && !IsLeftAlone(machine.Instance))
        && (!Up || (Agent is { } agent && agent.Settled));

    /// <summary>Nobody is to look after it.</summary>
    internal bool IsLeftAlone(InstanceName instance) =>
        _world.Store.Ledger.Instances.GetValueOrDefault(instance) is { Wanted: WantedState.Unmanaged };

    public void PowerOn(string why, string cause)
    {
        if (Powered)
        {
            return;
        }

        Powered = true;
        Bmc.Power = PowerState.On;
        var power = ++_powers;
        _world.Witness.Power(Name, true, why, cause);
        _world.Time.After(
            _world.Settings.Boot + _world.Time.Draw(TimeSpan.Zero, TimeSpan.FromSeconds(1)),
            () => StartUp(power));
    }

    /// <summary>The power goes, and everything with it, without a word to anybody.</summary>
    public void PowerOff(string why, string cause)
    {
        if (!Powered)
        {
            return;
        }

        Powered = Up = Leaving = false;
        _powers++;
        Bmc.Power = PowerState.Off;
        Watchdog.Disarm();
        Gate.Reset();
        _world.Witness.Power(Name, false, why, cause);
        Machines.EndAll(why);
        _world.Heartbeats.End(Name);
        Warden?.End(silently: true);
        Agent?.End(silently: true);
        (Warden, Agent, LeaseNote) = (null, null, null);
        _world.HostChanged();
    }

    /// <summary>Announces that it goes, then goes; with <paramref name="reboot"/> it comes again.</summary>
    public void ShutDown(bool reboot)
    {
        if (!Up || Leaving)
        {
            return;
        }

        Leaving = true;
        var power = _powers;
        var announced = false;
        Warden!.Ask(id => new WardenInput.DepartAsked(id, new DepartureNotice(reboot)), _ => Go());
        Gate.After(_world.Settings.AnnouncePatience, Go);

        void Go()
        {
            if (!announced)
            {
                announced = true;
                Gate.After(_world.Settings.Shutdown, () => Gone(power, reboot));
            }
        }
    }

    /// <summary>A machine without a watchdog has nothing to feed.</summary>
    internal void FeedWatchdog()
    {
        if (_hasWatchdog)
        {
            Watchdog.Feed();
        }
    }

    /// <summary>Everything on it stands still for a while; BMC and watchdog do not.</summary>
    public void Stall(TimeSpan time)
    {
        if (!Up)
        {
            return;
        }

        _world.Heartbeats.End(Name);
        var over = Gate.Hold();
        var boot = Boot;
        _world.StallsAt(Name, time);
        _world.Time.After(time, () =>
        {
            if (Up && Boot == boot)
            {
                over();
                WriteHeartbeats();
                _world.HostChanged();
            }
        });
    }

    /// <summary>Its warden stands still for a while.</summary>
    public void HangWarden(TimeSpan time)
    {
        if (Warden is not { } warden)
        {
            return;
        }

        _world.Heartbeats.End(Name);
        var over = warden.Gate.Hold();
        _world.Busy(time);
        _world.Time.After(time, () =>
        {
            over();
            if (Warden == warden)
            {
                WriteHeartbeats();
            }
        });
    }

    /// <summary>The agent's process ends and is started again; machines run on.</summary>
    public void RestartAgent()
    {
        if (!Up)
        {
            return;
        }

        Agent?.End(silently: false);
        Agent = null;
        StartAgent();
    }

    /// <summary>Does to a machine's vCPUs what the warden ordered; false when its monitor does not answer.</summary>
    internal bool Switch(WardenEffect.Switch order)
    {
        switch (order.Verb)
        {
            case SwitchVerb.Release:
                return Turn(order, true, MachineSignKind.Running);
            case SwitchVerb.Hold:
                return Turn(order, false, MachineSignKind.Held);
            case SwitchVerb.Reset:
                return Machines.Find(order.Instance) is { } here && here.Seat.Generation == order.Generation;
            case SwitchVerb.AskShutdown:
                return AskShutdown(order.Instance, order.Generation);
            default:
                throw new InvalidOperationException($"no such switch: {order.Verb}");
        }
    }

    /// <summary>Its guest ends by itself after a while, and its vCPUs with it; QEMU stays.</summary>
    internal bool AskShutdown(InstanceName instance, Generation generation)
    {
        if (Machines.Find(instance) is not { Runs: true } asked || asked.Seat.Generation != generation)
        {
            return false;
        }

        if (!asked.ShuttingDown && !Faults.NeverStops(instance))
        {
            asked.ShuttingDown = true;
            Gate.After(_world.Settings.GuestShutdown, () =>
            {
                if (Machines.Find(instance) == asked)
                {
                    asked.HasShutDown = true;
                    Machines.Turn(instance, generation, false, "the guest shut down");
                    _world.LeftInOrder[instance] = Name;
                    Agent?.Sign(instance, generation, MachineSignKind.GuestShutdown);
                }
            });
        }

        return true;
    }

    /// <summary>Ends what is in a cgroup; false while something in it survives that.</summary>
    internal bool Kill(InstanceName instance, string why = "ended")
    {
        if (Machines.Find(instance) is not null && Faults.NeverStops(instance))
        {
            return false;
        }

        if (Machines.End(instance, why) is { } gone)
        {
            Agent?.Sign(instance, gone.Seat.Generation, MachineSignKind.Exited);
        }

        return true;
    }

    private bool Turn(WardenEffect.Switch order, bool run, MachineSignKind sign)
    {
        var done = Machines.Turn(order.Instance, order.Generation, run, run ? "its vCPUs run" : "its vCPUs are held");
        if (done)
        {
            Agent?.Sign(order.Instance, order.Generation, sign);
            BootGuest(Machines.Find(order.Instance)!);
            if (run && Machines.Find(order.Instance) is { } running
                && (HasNoDisks(running) || running.DiskError is not null))
            {
                HoldByDisk(running);
            }
        }

        return done;
    }

    private void StartUp(int power)
    {
        if (power != _powers || !Powered)
        {
            return;
        }

        Up = true;
        _pathLost = _pathLost && _world.Heartbeats.IsCut(Name);
        _hasWatchdog = _world.Store.Ledger.NodeSpecOf(Name)?.Watchdog == WatchdogKind.Independent;
        _boots++;
        _booted = Clock.Show(_world.Time.Now);
        Boot = new BootId($"{Name}-boot-{_boots}");

        // Seats, lease and departure are facts of one boot; floors and the leader are not.
        Disk.WardenLedger = Disk.WardenLedger with
        {
            Seats = [], LongLease = null, RearmedAt = null, Departure = null,
        };
        Warden = new SimulatedWarden(_world, this, NextLife("warden"));
        WriteHeartbeats();
        Warden.Begin();
        StartAgent();
        _world.HostChanged();
    }

    /// <summary>A warden that goes on writes again, with the sequence of this boot.</summary>
    private void WriteHeartbeats()
    {
        if (Warden is { Gate.Held: false })
        {
            _world.Heartbeats.Begin(Name, Boot, At);
        }
    }

    private void StartAgent()
    {
        var boot = Boot;
        Gate.After(_world.Settings.AgentStart, () =>
        {
            if (Up && Boot == boot && Agent is null)
            {
                Agent = new SimulatedAgent(_world, this, NextLife("agent"));
                Agent.Begin();
            }
        });
    }

    private void Gone(int power, bool reboot)
    {
        if (power != _powers)
        {
            return;
        }

        PowerOff(reboot ? "reboot" : "shutdown", "order");
        if (reboot)
        {
            PowerOn("reboot", "order");
        }
    }

    private ProcessLife NextLife(string process) => new($"{Name}-{process}-{++_lives}");
}
