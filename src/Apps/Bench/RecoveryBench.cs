using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Lab.Running;
using Havm.Lab.Tools;
using Havm.Wire.Api;

namespace Havm.Bench;

/// <summary>
/// Cuts power, kills QEMUs and panics guests of a whole cluster in the lab, one at a time with everything ready
/// between, and reads how long each phase took from the controller's incidents. After each fault, while the cluster is
/// as it was during the recovery, a bare QEMU boots the same guest to the same message: the floor of the same run.
/// </summary>
internal static class RecoveryBench
{
    public static async Task<int> RunAsync(RecoveryPlan plan, CancellationToken cancel)
    {
        // What the lab says about itself is progress; only figures go to standard output.
        var figures = Console.Out;
        Console.SetOut(Console.Error);
        await using var session = await BenchLab.StartAsync(
            "bench recovery", plan.Lab, plan.Images, null, "", cancel);
        var samples = new RecoverySamples();
        await samples.Idle.TakeAsync(session.Plan, cancel);
        for (var i = 0; i < plan.Cuts; i++)
        {
            await CutAsync(session, samples, i, cancel);
            Console.Error.WriteLine($"power cut {i + 1} of {plan.Cuts}");
        }

        for (var i = 0; i < plan.Faults; i++)
        {
            await FaultAsync(session, samples, i, cancel);
            Console.Error.WriteLine($"guest fault {i + 1} of {plan.Faults}");
        }

        foreach (var figure in samples.Figures(plan.Command))
        {
            figures.WriteLine(plan.Json ? figure.ToJson() : figure.ToRow());
        }

        return 0;
    }

    private static async Task CutAsync(LabSession session, RecoverySamples samples, int round, CancellationToken cancel)
    {
        var cut = await NodeCut.TakeAsync(session, round, cancel);
        samples.PowerCut(cut);
        foreach (var instance in cut.Incident.Instances)
        {
            // The node is still off: as many nodes are at work as during the recovery.
            samples.Floor("powerCut", await FloorGuest.BootAsync(session.Plan, instance.Instance, cancel));
        }

        await cut.RestoreAsync(session, cancel);
    }

    private static async Task FaultAsync(
        LabSession session, RecoverySamples samples, int round, CancellationToken cancel)
    {
        var before = await Snapshot.ReadAsync(session.Client, cancel);
        var victims = before.Instances.Keys.Order().ToList();
        var victim = victims[round / 2 % victims.Count];
        var known = before.Incidents.Select(i => i.Id).ToHashSet();
        var fault = round % 2 == 1 ? "panic" : "qemuKill";
        var happened = fault == "panic"
            ? await PanicAsync(session.Plan, samples, victim)
            : Kill(session.Plan, victim);
        var incident = await NodeCut.ClosedAsync(
            session.Client, known, i => i.Subject == $"Instance/{victim}", cancel);
        samples.GuestFault(fault, happened, incident);
        await NodeCut.ReadyAsync(session.Client, cancel);
        samples.Floor(fault, await FloorGuest.BootAsync(session.Plan, victim, cancel));
    }

    private static DateTimeOffset Kill(LabPlan plan, string victim)
    {
        var done = DateTimeOffset.UtcNow;
        new GuestFaults(plan).Kill(victim);
        return done;
    }

    /// <summary>
    /// Panics the guest and returns when its kernel did. The way of the word to it is the lab's own and no part of
    /// Havm's figure; it is reported beside it.
    /// </summary>
    private static async Task<DateTimeOffset> PanicAsync(LabPlan plan, RecoverySamples samples, string victim)
    {
        using var sight = PanicSight.Open(plan, victim);
        var seen = sight.SeenAsync();
        var told = DateTimeOffset.UtcNow;
        await new GuestFaults(plan).TellAsync(victim, "panic");
        var panicked = await seen;
        samples.WordToPanic(panicked - told);
        return panicked;
    }
}
