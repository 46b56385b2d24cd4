using System.Collections.Immutable;
using Havm.Lab.Chassis;
using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Lab.Tools;
using Havm.Wire.Api;

namespace Havm.Bench;

/// <summary>Whom a fault strikes.</summary>
/// <param name="Plan">The lab.</param>
/// <param name="Node">The node.</param>
/// <param name="Instance">An instance on it; empty where the fault is the node's.</param>
/// <param name="Known">Incidents from before.</param>
internal sealed record Victim(LabPlan Plan, NodePlan Node, string Instance, HashSet<string> Known)
{
    public GrayFaults Faults => new(Plan);

    public NetworkCuts Cuts => new(Plan, new LabNetwork(Plan));

    /// <summary>Between its agent and its monitor; null: nothing is.</summary>
    public StuckMonitor? Monitor { get; init; }

    public LabTarget Target => LabTarget.Parse(Plan, Node.Name);
}

/// <summary>
/// Who is struck at once. What is looked at is each one's own, so that one turn gives a sample of each.
/// </summary>
internal enum Struck
{
    /// <summary>One node that runs something, another each time.</summary>
    Holder,

    /// <summary>A node of each rack.</summary>
    OneOfEachRack,

    /// <summary>All nodes.</summary>
    AllNodes,

    /// <summary>All instances of <see cref="GrayBench.Pool"/>.</summary>
    ThePool,
}

/// <summary>Something that leaves its victim alive and not well.</summary>
/// <param name="Name">For people.</param>
/// <param name="Aim">Within which it is to be said: 7 s, or its documented wait.</param>
/// <param name="Who">Whom it strikes.</param>
/// <param name="Begin">Strikes them; what it answers with heals them.</param>
/// <param name="IsSaid">Whether the cluster says it of one.</param>
internal sealed record GrayFault(
    string Name, TimeSpan Aim, Struck Who, Func<IReadOnlyList<Victim>, Task<IAsyncDisposable>> Begin,
    Func<Snapshot, Victim, bool> IsSaid)
{
    /// <summary>The guests that it strikes are begun anew, as they must be.</summary>
    public bool EndsGuests { get; init; }

    /// <summary>It is remembered for as long as the node's boot: a lab gives one sample of each victim.</summary>
    public bool IsRemembered { get; init; }

    /// <summary>
    /// What guests have open of the datastore is dead after it, and is met at their next access, whenever that is: they
    /// are begun anew before anything else is measured.
    /// </summary>
    public bool LeavesDeadFiles { get; init; }

    /// <summary>The agent is to speak to its monitor through something that can be made to hold its words.</summary>
    public bool NeedsMonitor { get; init; }

    public static readonly ImmutableArray<GrayFault> All =
    [
        new("datastoreHangs", Seconds(7), Struck.OneOfEachRack, Each(v => Datastore(v, faults => faults.Hang(v.Node))),
            Ailing("datastoreHangs")),
        new("datastoreFails", Seconds(7), Struck.Holder, Each(v => Datastore(v, faults => faults.Lose(v.Node))),
            Ailing("datastoreFails")) { EndsGuests = true, LeavesDeadFiles = true },
        new("datastoreSlow", Seconds(7), Struck.OneOfEachRack, Each(v => v.Faults.SlowDatastore(v.Node)),
            Ailing("datastoreSlow")),
        new("datastoreTakesNoWrites", Seconds(7), Struck.OneOfEachRack,
            Each(v => v.Faults.RefuseHeartbeatsAsync(v.Node)), Ailing("datastoreTakesNoWrites")),
        new("diskFull", Seconds(7), Struck.OneOfEachRack, Each(v => v.Faults.FillDisk(v.Node)),
            Ailing("stateTakesNoWrites")),
        new("clockJumps", Seconds(7), Struck.OneOfEachRack,
            Each(v => v.Faults.JumpClock(v.Node, TimeSpan.FromSeconds(90))), Ailing("clockOff")),
        new("agentCrashes", Seconds(1), Struck.Holder, Each(v => Kill(v, LoopScript.Agent)), Incident("agentDown")),
        new("agentStandsStill", Seconds(7), Struck.OneOfEachRack, Each(v => v.Faults.Freeze(v.Node, LoopScript.Agent)),
            Incident("agentDown")),
        new("agentTellsOldNews", Seconds(10 + 1), Struck.Holder,
            Each(v => v.Faults.HoldLookAsync(v.Node, v.Instance)), Incident("agentDown")),
        new("agentStarves", Seconds(7), Struck.OneOfEachRack, Each(v => v.Faults.Starve(v.Node)),
            (now, v) => Ailing("starved")(now, v) || Incident("agentDown")(now, v)),
        new("oneWayIn", Seconds(7), Struck.Holder, Each(v => CutAsync(v, CableCut.In)),
            (now, v) => Ailing("deaf")(now, v) || IsSilent(now, v)),
        new("oneWayOut", Seconds(7), Struck.Holder, Each(v => CutAsync(v, CableCut.Out)), IsSilent),
        new("cableCut", Seconds(7), Struck.Holder, Each(v => CutAsync(v, CableCut.Both)), IsSilent),
        new("loss30percent", Seconds(40), Struck.OneOfEachRack,
            all => all[0].Faults.LoseFramesAsync(all.Select(v => v.Node), 30), Ailing("lossyLink")),
        new("qemuStandsStill", Seconds(7), Struck.Holder, Each(v => v.Faults.Freeze(v.Node, LoopScript.Guests)),
            (now, v) => Ailing("monitorStuck")(now, v) || Incident("guestHang")(now, v)) { EndsGuests = true },
        new("monitorStuck", Seconds(7), Struck.Holder, Each(Stick), Ailing("monitorStuck")) { NeedsMonitor = true },
        new("guestPanics", Seconds(7), Struck.Holder, Each(v => TellAsync(v, "panic")), Incident("guestPanic"))
        {
            EndsGuests = true,
        },
        new("guestHangs", Seconds(30 + 1), Struck.ThePool, Each(v => TellAsync(v, "hang")), Incident("guestHang"))
        {
            EndsGuests = true,
        },
        new("endpointFails", Seconds(2 + 1), Struck.ThePool, Each(v => TellAsync(v, "sick-role")),
            Incident("endpointDown")),
        new("hostStandsStill", Seconds(7), Struck.Holder, Each(v => v.Faults.FreezeAll(v.Node)), IsSilent)
        {
            EndsGuests = true,
        },
        new("bmcDead", Seconds(60 + 7), Struck.AllNodes, Each(v => BmcAsync(v, BmcMode.Dead)), Ailing("fenceSilent")),
        new("bmcLies", Seconds(60 + 7), Struck.AllNodes,
            Each(v => BmcAsync(v, new BmcMode(BmcBehaviour.Lying, TimeSpan.Zero))),
            (now, v) => now.Nodes[v.Node.Name].Fencing.Any(way => way.Trouble is not null)) { IsRemembered = true },
    ];

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static bool IsSilent(Snapshot now, Victim victim) =>
        now.Nodes[victim.Node.Name].Phase is "suspect" or "lost";

    private static Func<Snapshot, Victim, bool> Ailing(string kind) => (now, victim) =>
        now.Nodes[victim.Node.Name].Conditions.Any(c => c.Type == ConditionView.Ailing && c.Reason == kind);

    private static Func<Snapshot, Victim, bool> Incident(string kind) => (now, victim) =>
        now.Incidents.Any(i => !victim.Known.Contains(i.Id) && i.Kind == kind
            && (victim.Instance.Length == 0 ? i.Subject == $"Node/{victim.Node.Name}"
                : i.Subject == $"Instance/{victim.Instance}" || i.Subject == $"Node/{victim.Node.Name}"));

    private static Func<IReadOnlyList<Victim>, Task<IAsyncDisposable>> Each(Func<Victim, IAsyncDisposable> begin) =>
        Each(victim => Task.FromResult(begin(victim)));

    private static Func<IReadOnlyList<Victim>, Task<IAsyncDisposable>> Each(
        Func<Victim, Task<IAsyncDisposable>> begin) => async victims =>
    {
        var begun = new List<IAsyncDisposable>();
        foreach (var victim in victims)
        {
            begun.Add(await begin(victim));
        }

        return new Healing(async () =>
        {
            foreach (var one in begun)
            {
                await one.DisposeAsync();
            }
        });
    };

    private static Healing Datastore(Victim victim, Action<DatastoreFaults> begin)
    {
        var faults = new DatastoreFaults(victim.Plan);
        begin(faults);
        return new Healing(() => faults.HealAsync(victim.Node));
    }

    /// <summary>The node's own supervisor begins it anew.</summary>
    private static Healing Kill(Victim victim, string part)
    {
        ProcessTrees.Of(victim.Plan, victim.Node.Name).Signal(part, Machine.Kill);
        return Healing.ByItself;
    }

    private static Healing Stick(Victim victim)
    {
        victim.Monitor!.Stick();
        return new Healing(() =>
        {
            victim.Monitor.Free();
            return Task.CompletedTask;
        });
    }

    private static async Task<IAsyncDisposable> CutAsync(Victim victim, CableCut cut)
    {
        await victim.Cuts.CutAsync(victim.Target, cut);
        return new Healing(() => victim.Cuts.HealAsync(victim.Target));
    }

    private static async Task<IAsyncDisposable> TellAsync(Victim victim, string word)
    {
        await new GuestFaults(victim.Plan).TellAsync(victim.Instance, word);
        return Healing.ByItself;
    }

    private static async Task<IAsyncDisposable> BmcAsync(Victim victim, BmcMode mode)
    {
        await mode.ApplyAsync(victim.Plan, victim.Node);
        return new Healing(() => BmcMode.Ok.ApplyAsync(victim.Plan, victim.Node));
    }
}

/// <summary>Ends a fault.</summary>
internal sealed class Healing(Func<Task> heal) : IAsyncDisposable
{
    /// <summary>The cluster ends it.</summary>
    public static readonly Healing ByItself = new(() => Task.CompletedTask);

    public async ValueTask DisposeAsync() => await heal();
}
