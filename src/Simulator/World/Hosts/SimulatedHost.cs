using Havm.Core.Host.Goals;
using Havm.Core.Host.SelfFence;
using Havm.Model;
using Havm.Simulator.Fencing;

namespace Havm.Simulator.World.Hosts;

/// <summary>What a host still has after its power was gone.</summary>
public sealed class HostDisk
{
    public WardenLedger WardenLedger { get; set; } = WardenLedger.Empty;

    public HostLedger AgentLedger { get; set; } = HostLedger.Empty;
}

/// <summary>
/// A machine of the world: power, boots, a BMC, a watchdog, and what runs on it. It owns the truth about all of that
/// and tells its witness. A power cut is silent; an orderly shutdown announces itself first.
/// </summary>
public sealed class SimulatedHost
{
    private readonly VirtualWorld _world;
    private Instant _bootedAt;
    private int _boots;
    private int _powers;
    private int _lives;

    public SimulatedHost(VirtualWorld world, NodeName name)
    {
        _world = world;
        Name = name;
        Watchdog = new SimulatedWatchdog(world.Time, () => PowerOff("self-fence", "lease"));
        Machines = new QemuTable(name, world.Witness);
        Bmc = new SimulatedBmc
        {
            Uuid = $"uuid-{name}", Credentials = "bmc", Authority = "bmc", Power = PowerState.Off,
        };
    }

    public NodeName Name { get; }

    public SimulatedBmc Bmc { get; }

    public HostDisk Disk { get; } = new();

    public SimulatedWatchdog Watchdog { get; }

    public QemuTable Machines { get; }

    public MachineFaults Faults { get; } = new();

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
    public Instant At(Instant world) => new(world - _bootedAt);

    /// <summary>The world's time for a moment of its own clock.</summary>
    public Instant World(Instant local) => _bootedAt + local.SinceOrigin;

    /// <summary>Nothing is on its way here: no boot, no shutdown, no order under way.</summary>
    public bool Settled => Powered == Up && !Leaving && (!Up || (Agent is { } agent && agent.Settled));

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
        _world.Time.After(_world.Settings.AnnouncePatience, Go);

        void Go()
        {
            if (!announced)
            {
                announced = true;
                _world.Time.After(_world.Settings.Shutdown, () => Gone(power, reboot));
            }
        }
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
            _world.Time.After(_world.Settings.GuestShutdown, () =>
            {
                if (Machines.Find(instance) == asked)
                {
                    Machines.Turn(instance, generation, false, "the guest shut down");
                    Agent?.Sign(instance, generation, MachineSignKind.GuestShutdown);
                }
            });
        }

        return true;
    }

    /// <summary>Ends what is in a cgroup; false while something in it survives that.</summary>
    internal bool Kill(InstanceName instance)
    {
        if (Machines.Find(instance) is not null && Faults.NeverStops(instance))
        {
            return false;
        }

        if (Machines.End(instance, "ended") is { } gone)
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
        }

        return done;
    }

    /// <summary>A guest boots once, when its vCPUs first run, and then says that it is ready.</summary>
    private void BootGuest(QemuState process)
    {
        if (!process.Runs || process.Booting)
        {
            return;
        }

        process.Booting = true;
        _world.Time.After(_world.Settings.GuestBoot, () =>
        {
            if (Machines.Find(process.Instance) == process)
            {
                process.Ready = true;
                Agent?.Sign(process.Instance, process.Seat.Generation, MachineSignKind.GuestReady);
            }
        });
    }

    private void StartUp(int power)
    {
        if (power != _powers || !Powered)
        {
            return;
        }

        Up = true;
        _boots++;
        _bootedAt = _world.Time.Now;
        Boot = new BootId($"{Name}-boot-{_boots}");

        // Seats, lease and departure are facts of one boot; floors and the leader are not.
        Disk.WardenLedger = Disk.WardenLedger with { Seats = [], LongLease = null, Departure = null };
        _world.Heartbeats.Begin(Name, Boot, _bootedAt);
        Warden = new SimulatedWarden(_world, this, NextLife("warden"));
        Warden.Begin();
        StartAgent();
        _world.HostChanged();
    }

    private void StartAgent()
    {
        var boot = Boot;
        _world.Time.After(_world.Settings.AgentStart, () =>
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
