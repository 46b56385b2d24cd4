using System.Collections.Immutable;
using Havm.Lab.Chassis;
using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Wire.Api;

namespace Havm.Bench;

/// <summary>Whom a fault strikes.</summary>
/// <param name="Plan">The lab.</param>
/// <param name="Node">The node.</param>
/// <param name="Instance">An instance on it.</param>
/// <param name="Known">Incidents from before.</param>
internal sealed record Victim(LabPlan Plan, NodePlan Node, string Instance, HashSet<string> Known)
{
    public GrayFaults Faults => new(Plan);

    public NetworkCuts Cuts => new(Plan, new LabNetwork(Plan));

    public LabTarget Target => LabTarget.Parse(Plan, Node.Name);
}

/// <summary>Something that leaves its victim alive and not well.</summary>
/// <param name="Name">For people.</param>
/// <param name="Aim">Within which it is to be said: 7 s, or its documented wait.</param>
/// <param name="Begin">Strikes; what it answers with heals.</param>
/// <param name="IsSaid">Whether the cluster says it.</param>
internal sealed record GrayFault(
    string Name, TimeSpan Aim, Func<Victim, Task<IAsyncDisposable>> Begin, Func<Snapshot, Victim, bool> IsSaid)
{
    /// <summary>The guests that it strikes are begun anew, as they must be.</summary>
    public bool EndsGuests { get; init; }

    public static readonly ImmutableArray<GrayFault> All =
    [
        new("datastoreHangs", Seconds(7), v => DatastoreAsync(v, faults => faults.Hang(v.Node)),
            Ailing("datastoreHangs")),
        new("datastoreFails", Seconds(7), v => DatastoreAsync(v, faults => faults.Lose(v.Node)),
            Ailing("datastoreFails")) { EndsGuests = true },
        new("datastoreSlow", Seconds(7), v => Task.FromResult(v.Faults.SlowDatastore(v.Node)), Ailing("datastoreSlow")),
        new("datastoreTakesNoWrites", Seconds(7), v => v.Faults.RefuseHeartbeatsAsync(v.Node),
            Ailing("datastoreTakesNoWrites")),
        new("agentStandsStill", Seconds(7), v => Task.FromResult(v.Faults.Freeze(v.Node, LoopScript.Agent)),
            Incident("agentDown")),
        new("agentStarves", Seconds(7), v => Task.FromResult(v.Faults.Starve(v.Node)),
            (now, v) => Ailing("starved")(now, v) || Incident("agentDown")(now, v)),
        new("oneWayIn", Seconds(7), v => CutAsync(v, CableCut.In),
            (now, v) => Ailing("deaf")(now, v) || IsSilent(now, v)),
        new("oneWayOut", Seconds(7), v => CutAsync(v, CableCut.Out), IsSilent),
        new("cableCut", Seconds(7), v => CutAsync(v, CableCut.Both), IsSilent),
        new("loss30percent", Seconds(40), v => v.Faults.LoseFramesAsync(v.Node, 30), Ailing("lossyLink")),
        new("qemuStandsStill", Seconds(7 + 30), v => Task.FromResult(v.Faults.Freeze(v.Node, LoopScript.Guests)),
            (now, v) => Ailing("monitorStuck")(now, v) || Incident("guestHang")(now, v)) { EndsGuests = true },
        new("guestPanics", Seconds(7), v => TellAsync(v, "panic"), Incident("guestPanic")) { EndsGuests = true },
        new("bmcDead", Seconds(60), v => BmcAsync(v, BmcMode.Dead), Ailing("fenceSilent")),
        new("bmcLies", Seconds(60), v => BmcAsync(v, new BmcMode(BmcBehaviour.Lying, TimeSpan.Zero)),
            (now, v) => now.Nodes[v.Node.Name].Fencing.Any(way => way.Trouble is not null)),
    ];

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static bool IsSilent(Snapshot now, Victim victim) =>
        now.Nodes[victim.Node.Name].Phase is "suspect" or "lost";

    private static Func<Snapshot, Victim, bool> Ailing(string kind) => (now, victim) =>
        now.Nodes[victim.Node.Name].Conditions.Any(c => c.Type == ConditionView.Ailing && c.Reason == kind);

    private static Func<Snapshot, Victim, bool> Incident(string kind) => (now, victim) =>
        now.Incidents.Any(i => !victim.Known.Contains(i.Id) && i.Kind == kind);

    private static Task<IAsyncDisposable> DatastoreAsync(Victim victim, Action<DatastoreFaults> begin)
    {
        var faults = new DatastoreFaults(victim.Plan);
        begin(faults);
        return Healed(() => faults.HealAsync(victim.Node));
    }

    private static async Task<IAsyncDisposable> CutAsync(Victim victim, CableCut cut)
    {
        await victim.Cuts.CutAsync(victim.Target, cut);
        return await Healed(() => victim.Cuts.HealAsync(victim.Target));
    }

    private static async Task<IAsyncDisposable> TellAsync(Victim victim, string word)
    {
        await new GuestFaults(victim.Plan).TellAsync(victim.Instance, word);
        return await Healed(() => Task.CompletedTask);
    }

    private static async Task<IAsyncDisposable> BmcAsync(Victim victim, BmcMode mode)
    {
        await mode.ApplyAsync(victim.Plan, victim.Node);
        return await Healed(() => BmcMode.Ok.ApplyAsync(victim.Plan, victim.Node));
    }

    private static Task<IAsyncDisposable> Healed(Func<Task> heal) =>
        Task.FromResult<IAsyncDisposable>(new Healing(heal));
}

/// <summary>Ends a fault.</summary>
internal sealed class Healing(Func<Task> heal) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await heal();
}
