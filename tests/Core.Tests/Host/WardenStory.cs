using System.Collections.Immutable;
using Havm.Core.Host.SelfFence;
using Havm.Model;

namespace Havm.Core.Tests.Host;

/// <summary>
/// A warden with its world played by the test: cgroups that hold what was started, monitors that obey unless told to
/// be silent, a disk that takes the ledger unless told to be full.
/// </summary>
internal sealed class WardenStory
{
    public static readonly TimeSpan TickLength = TimeSpan.FromMilliseconds(200);

    private readonly WardenMachine _warden;
    private long _request;

    public WardenStory(WardenLedger? kept = null, Instant? leaseFrom = null, double start = 1000)
    {
        Now = Instant.FromSeconds(start);
        _warden = new WardenMachine(new WardenSettings { Cluster = "lab" }, kept ?? WardenLedger.Empty, leaseFrom, []);
    }

    public Instant Now { get; private set; }

    /// <summary>Instances with a process, and whether its vCPUs run.</summary>
    public Dictionary<InstanceName, bool> Machines { get; } = [];

    public HashSet<InstanceName> SilentMonitors { get; } = [];

    /// <summary>What survives SIGKILL, as a process stuck in the kernel does.</summary>
    public HashSet<InstanceName> Unkillable { get; } = [];

    public HashSet<InstanceName> AskedToShutDown { get; } = [];

    public bool DiskFull { get; set; }

    /// <summary>Whether the controller answers beats, and at which epoch.</summary>
    public bool Answering { get; set; } = true;

    /// <summary>Who holds no goal of the controller's epoch is told it, as an answer to its beat.</summary>
    public bool TellsGoals { get; set; } = true;

    /// <summary>The controller has put the announced departure on record.</summary>
    public bool LetsGo { get; set; }

    public Epoch Epoch { get; set; } = new(1);

    /// <summary>What the controller says of a long lease with each answer.</summary>
    public LongLeaseWord? LongLease { get; set; }

    public WardenLedger? Kept { get; private set; }

    public WardenEffect.SendBeat? LastBeat { get; private set; }

    public int Fed { get; private set; }

    public Instant? NotedLease { get; private set; }

    public Dictionary<long, GateReply> Replies { get; } = [];

    /// <summary>When the vCPUs of each instance were last let run, by the warden's order.</summary>
    public List<(Instant At, InstanceName Instance)> Releases { get; } = [];

    public Instant? LastAnsweredSending { get; private set; }

    public bool HoldsBound => _warden.HoldsBound;

    /// <summary>Lets time pass in ticks, as the loop does; the clock may also jump, as after a suspend.</summary>
    public void Pass(double seconds, Action? eachTick = null)
    {
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromSeconds(seconds); passed += TickLength)
        {
            Now += TickLength;
            Take(new WardenInput.CgroupsRead([.. Machines.Keys]));
            eachTick?.Invoke();
        }
    }

    /// <summary>The node sleeps: the clock goes on, the loop does not.</summary>
    public void Suspend(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        Take(new WardenInput.Tick());
    }

    public GateReply? Ask(Func<long, WardenInput.Asked> question)
    {
        var request = ++_request;
        Take(question(request));
        return Replies.GetValueOrDefault(request);
    }

    public GateReply? Permit(string instance, long generation, IsolationPolicy policy) =>
        Ask(request =>
            new WardenInput.PermitAsked(request, new(instance), new(generation), policy, $"/run/{instance}/qmp2.sock"));

    public GateReply? Release(string instance, long generation) =>
        Ask(request => new WardenInput.SwitchAsked(request, new(instance), new(generation), SwitchVerb.Release));

    public GateReply? Reset(string instance, long generation) =>
        Ask(request => new WardenInput.SwitchAsked(request, new(instance), new(generation), SwitchVerb.Reset));

    public GateReply? End(string instance, long generation) =>
        Ask(request => new WardenInput.EndAsked(request, new(instance), new(generation)));

    public GateReply? Floors(params (string Instance, long Generation)[] floors) =>
        Ask(request => new WardenInput.FloorsAsked(
            request, [.. floors.Select(floor => new GenerationFloor(new(floor.Instance), new(floor.Generation)))], []));

    public SeatView? Seat(string instance) =>
        Ask(request => new WardenInput.StatusAsked(request))!.Seats
            .FirstOrDefault(seat => seat.Instance.Value == instance);

    /// <summary>Runs an instance the way the agent does: floors, permit, process held, release.</summary>
    public void Run(string instance, IsolationPolicy policy, long generation = 1)
    {
        Floors();
        Assert.True(Permit(instance, generation, policy)!.Granted);
        Machines[new(instance)] = false;
        Pass(0.2);
        Assert.True(Release(instance, generation)!.Granted);
        Assert.True(IsRunning(instance));
    }

    public bool IsAlive(string instance) => Machines.ContainsKey(new(instance));

    public bool IsRunning(string instance) => Machines.GetValueOrDefault(new(instance));

    public void Take(WardenInput input)
    {
        foreach (var effect in _warden.Step(Now, input))
        {
            CarryOut(effect);
        }
    }

    private void CarryOut(WardenEffect effect)
    {
        switch (effect)
        {
            case WardenEffect.SendBeat beat:
                LastBeat = beat;
                if (Answering)
                {
                    LastAnsweredSending = Now;
                    var goal = TellsGoals && beat.Holds?.Epoch != Epoch
                        ? new Goal { Epoch = Epoch, Revision = 1 }
                        : null;
                    Take(new WardenInput.ControllerSpoke(
                        "lab", $"c{Epoch}", Epoch, beat.Sequence, true, goal, null, LongLease) { Departs = LetsGo });
                }

                break;
            case WardenEffect.Keep keep when DiskFull:
                Take(new WardenInput.LedgerNotKept("no space left on device"));
                break;
            case WardenEffect.Keep keep:
                Kept = keep.Ledger;
                Take(new WardenInput.LedgerKept(keep.Ledger.Version));
                break;
            case WardenEffect.NoteLease note:
                NotedLease = note.From;
                break;
            case WardenEffect.FeedWatchdog:
                Fed++;
                break;
            case WardenEffect.Switch order:
                Take(new WardenInput.SwitchDone(order.Instance, order.Generation, order.Verb, Turn(order)));
                break;
            case WardenEffect.Kill kill:
                if (!Unkillable.Contains(kill.Instance))
                {
                    Machines.Remove(kill.Instance);
                }

                Take(new WardenInput.KillDone(kill.Instance, !Machines.ContainsKey(kill.Instance)));
                break;
            case WardenEffect.Reply reply:
                Replies.Add(reply.Request, reply.Answer);
                break;
        }
    }

    private bool Turn(WardenEffect.Switch order)
    {
        if (SilentMonitors.Contains(order.Instance) || !Machines.ContainsKey(order.Instance))
        {
            return false;
        }

        switch (order.Verb)
        {
            case SwitchVerb.Release or SwitchVerb.Reset:
                Machines[order.Instance] = true;
                Releases.Add((Now, order.Instance));
                break;
            case SwitchVerb.Hold:
                Machines[order.Instance] = false;
                break;
            case SwitchVerb.AskShutdown:
                AskedToShutDown.Add(order.Instance);
                break;
        }

        return true;
    }
}
