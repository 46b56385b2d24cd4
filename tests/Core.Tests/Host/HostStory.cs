using Havm.Core.Host.Goals;
using Havm.Model;

namespace Havm.Core.Tests.Host;

/// <summary>
/// An agent with its world played by the test: a node where processes are made at once and the warden grants what it is
/// told to grant.
/// </summary>
internal sealed class HostStory
{
    public static readonly DateTimeOffset Dawn = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    private readonly HostMachine _agent;
    private readonly Queue<HostInput> _answers = new();
    private int _pids = 100;

    public HostStory(HostLedger? kept = null, bool settle = true)
    {
        _agent = new HostMachine(new HostSettings { Cluster = "lab" }, kept ?? HostLedger.Empty);
        if (settle)
        {
            Take(Warden());
            Take(Inventory());
        }
    }

    public Instant Now { get; private set; } = Instant.FromSeconds(1000);

    public DateTimeOffset Wall => Dawn + (Now - Instant.FromSeconds(1000));

    /// <summary>Processes on the node.</summary>
    public Dictionary<InstanceName, FoundProcess> Processes { get; } = [];

    public HashSet<InstanceName> Released { get; } = [];

    public List<HostEffect> Done { get; } = [];

    public bool DiskFull { get; set; }

    /// <summary>The warden's answer to permits and releases; null grants.</summary>
    public Reason? Refusal { get; set; }

    /// <summary>Why a process cannot be made; null makes it.</summary>
    public Reason? StartTrouble { get; set; }

    /// <summary>No datastore takes new data.</summary>
    public bool Full { get; set; }

    /// <summary>Whose disks' locks somebody holds.</summary>
    public HashSet<InstanceName> LocksHeld { get; } = [];

    public bool WardenSilent { get; set; }

    /// <summary>Why a dump that is asked for does not come to be; null: it does.</summary>
    public string? DumpTrouble { get; set; }

    /// <summary>Ends are told as done by the lease's end.</summary>
    public bool ByLease { get; set; }

    /// <summary>Orders of these kinds are left unanswered.</summary>
    public HashSet<Type> Unanswered { get; } = [];

    public bool Complete { get; set; } = true;

    /// <summary>What the guests' counters show; a change is work.</summary>
    /// <summary>What machines are measured to use.</summary>
    public SortedDictionary<InstanceName, MachineUse> Uses { get; } = [];

    /// <summary>Null: the monitor does not answer who counts.</summary>
    public long? DiskOperations { get; set; } = 0;

    public HostLedger? Kept { get; private set; }

    public NodeReport Report => _agent.Report ?? throw new InvalidOperationException("no report yet");

    public bool HasReport => _agent.Report is not null;

    public LeaderSeen Highest => _agent.Highest;

    public TimeSpan LookAge => _agent.LookAge;

    public GoalVersion? Holds => _agent.Holds;

    public void Take(HostInput input)
    {
        _answers.Enqueue(input);
        while (_answers.TryDequeue(out var next))
        {
            foreach (var effect in _agent.Step(new Moment(Now, Wall), next))
            {
                Done.Add(effect);
                if (!Unanswered.Contains(effect.GetType()))
                {
                    CarryOut(effect);
                }
            }
        }
    }

    public void Pass(double seconds, Action? eachSecond = null)
    {
        for (double passed = 0; passed < seconds; passed++)
        {
            Now += TimeSpan.FromSeconds(1);
            eachSecond?.Invoke();
            Take(new HostInput.Tick());
        }
    }

    /// <summary>Nothing of the node runs for a while; then the agent hears that time has passed.</summary>
    public void StandStill(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        Take(new HostInput.Tick());
    }

    public void Goal(
        long revision, SeatGoal[] seats, (string Instance, long Generation)[]? floors = null, long epoch = 1) =>
        Take(new HostInput.ControllerSpoke("lab", $"c{epoch}", new(epoch), 0, new Goal
        {
            Epoch = new(epoch),
            Revision = revision,
            Seats = [.. seats],
            Floors =
            [
                .. (floors ?? []).Select(floor => new GenerationFloor(new(floor.Instance), new(floor.Generation))),
            ],
        }, null));

    public void Sign(string instance, MachineSignKind kind, long generation = 1, string detail = "") =>
        Take(new HostInput.Signed(new(instance), new(generation), new MachineSign(kind, detail)));

    /// <summary>The process ends by itself.</summary>
    public void Exit(string instance, long generation = 1)
    {
        Processes.Remove(new(instance));
        Released.Remove(new(instance));
        Sign(instance, MachineSignKind.Exited, generation, "killed or crashed");
    }

    /// <summary>A search of the node that took a while, as all do.</summary>
    public HostInput Inventory() =>
        new HostInput.InventoryTaken(Now - TimeSpan.FromSeconds(0.3), Complete, [.. Processes.Values]);

    public static HostInput Warden(params WardenView[] views) => new HostInput.WardenHeard([.. views], TimeSpan.Zero);

    public InstanceReport? Seen(string instance) =>
        Report.Instances.FirstOrDefault(seen => seen.Instance.Value == instance);

    public int Count<T>() => Done.Count(effect => effect is T);

    public static SeatGoal Seat(
        string instance, long generation = 1, WantedState wanted = WantedState.Running, RepairLimits? repair = null,
        long restart = 0, MonitoringMode monitoring = MonitoringMode.Vm, bool guestAgent = true) => new()
    {
        Machine = new MachineDefinition
        {
            Instance = new(instance),
            Vcpus = 1,
            Memory = Bytes.MiB(128),
            Boot = new BootSource(),
            Monitoring = monitoring,
            Application = guestAgent ? new GuestApplication() : null,
            Repair = repair
                ?? new RepairLimits { HangWait = TimeSpan.FromSeconds(30), StartDeadline = TimeSpan.FromSeconds(60) },
        },
        Generation = new(generation),
        Wanted = wanted,
        RestartOrder = restart,
        Grace = TimeSpan.FromSeconds(10),
    };

    private void CarryOut(HostEffect effect)
    {
        switch (effect)
        {
            case HostEffect.Keep keep:
                Kept = DiskFull ? Kept : keep.Ledger;
                _answers.Enqueue(DiskFull
                    ? new HostInput.LedgerNotKept("no space left on device")
                    : new HostInput.LedgerKept(keep.Ledger));
                break;
            case HostEffect.TellFloors tell:
                _answers.Enqueue(WardenSilent
                    ? new HostInput.FloorsNotTold("silent")
                    : new HostInput.FloorsTold(tell.Goal.Epoch, tell.Goal.Revision));
                break;
            case HostEffect.Start start:
                _answers.Enqueue(Started(start.Seat));
                break;
            case HostEffect.Release release:
                if (Refusal is null)
                {
                    Released.Add(release.Instance);
                }

                _answers.Enqueue(
                    new HostInput.ReleaseDone(release.Instance, release.Generation, Refusal is null, Refusal));
                break;
            case HostEffect.Adopt adopt:
                _answers.Enqueue(new HostInput.AdoptDone(
                    adopt.Found.Instance, adopt.Found.Generation, adopt.Found.MonitorAnswers, null));
                break;
            case HostEffect.End end when !WardenSilent:
                Processes.Remove(end.Instance);
                Released.Remove(end.Instance);
                _answers.Enqueue(new HostInput.EndDone(end.Instance, end.Generation, true, ByLease, null)
                {
                    Kept = end.EvidenceFor is { } id ? $"/evidence/{end.Instance}/{id}/qemu.log" : null,
                    NotKept = end.DumpWithin is null ? null : DumpTrouble,
                });
                break;
            case HostEffect.End end:
                _answers.Enqueue(new HostInput.EndDone(
                    end.Instance, end.Generation, false, false, new Reason("gate", "wardenSilent", "silent")));
                break;
            case HostEffect.KeepEvidence keep:
                _answers.Enqueue(new HostInput.EvidenceKept(
                    keep.Incident, $"/evidence/{keep.Instance}/{keep.Incident}/application.log"));
                break;
            case HostEffect.ProbeLocks probe:
                _answers.Enqueue(new HostInput.LocksProbed([.. probe.Watches
                    .Where(watch => !LocksHeld.Contains(watch.Instance))
                    .Select(watch => new FreeLock(watch.Instance, watch.Refused))]));
                break;
            case HostEffect.ProbeRoom probe:
                _answers.Enqueue(new HostInput.RoomProbed(probe.Instance, probe.Generation, !Full));
                break;
            case HostEffect.ReadUses:
                _answers.Enqueue(new HostInput.UsesRead([.. Uses
                    .Where(use => Processes.ContainsKey(use.Key))
                    .Select(use => new MeasuredUse(use.Key, Processes[use.Key].Generation, use.Value))]));
                break;
            case HostEffect.ReadIo read:
                _answers.Enqueue(new HostInput.IoRead(read.Instance, read.Generation, DiskOperations, 0));
                break;
        }
    }

    private HostInput.StartDone Started(SeatGoal seat)
    {
        var instance = seat.Machine.Instance;
        if ((Refusal ?? StartTrouble) is { } why)
        {
            return new HostInput.StartDone(
                instance, seat.Generation, Refusal is null ? StartOutcome.NotMade : StartOutcome.NotPermitted, 0, why);
        }

        Assert.False(Processes.ContainsKey(instance), $"{instance} was started while it is still on the node");
        Processes[instance] = new FoundProcess(instance, seat.Generation, ++_pids, seat, true);
        return new HostInput.StartDone(instance, seat.Generation, StartOutcome.Made, _pids, null);
    }
}
