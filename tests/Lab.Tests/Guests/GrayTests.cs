using Havm.Lab.Ground;

namespace Havm.Lab.Tests.Guests;

/// <summary>Two kinds of half dead that no signal to a process makes: what speaks on and is of no use.</summary>
[Collection(GuestsAlone.Name)]
public sealed class GrayTests(GuestLab lab)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task AnAgentWhoseLookAtItsMachinesStandsStillIsToldAndNothingIsTouched()
    {
        var before = await lab.WholeAsync();
        var known = before.Incidents.Select(i => i.Id).ToHashSet();
        var machines = lab.Stage.Machines();
        var (instance, node) = Holder(before);

        await using (await new GrayFaults(lab.Plan).HoldLookAsync(node, instance))
        {
            await lab.ToldAsync(() => lab.Stage.WaitAsync(
                $"the agent of {node.Name} is found to tell old news", 60,
                now => now.Incidents.Any(i => !known.Contains(i.Id) && i.Kind == "agentDown"
                    && i.Subject == $"Node/{node.Name}" && i.Decision.Code == "agentOldNews"), Cancel));
        }

        var after = await lab.WholeAsync();
        Assert.Equal("up", after.Nodes[node.Name].Phase);
        lab.AssertUntouched(machines, before.Instances.Keys);
    }

    [GuestFact]
    public async Task AMonitorThatAnswersNobodyIsToldAndItsGuestGoesOn()
    {
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var (instance, node) = Holder(before);

        await using (var monitor = await StuckMonitor.PlaceAsync(lab.Plan, node, instance))
        {
            await lab.WholeAsync();
            monitor.Stick();
            await lab.ToldAsync(() => lab.Stage.WaitAsync(
                $"the monitor of {instance} is found stuck", 60,
                now => now.Nodes[node.Name].Conditions.Any(
                    c => c.Reason == "monitorStuck" && c.Message.Contains(instance)), Cancel));
        }

        var after = await lab.WholeAsync();
        Assert.DoesNotContain(after.Incidents, i => i.Subject == $"Instance/{instance}" && i.ClosedAt is null);
        lab.AssertUntouched(machines, before.Instances.Keys);
    }

    private (string Instance, NodePlan Node) Holder(Lab.Client.Snapshot now)
    {
        var (instance, view) = now.Instances.OrderBy(one => one.Key).First();
        return (instance, lab.Plan.Nodes.First(node => node.Name == view.Node));
    }
}
