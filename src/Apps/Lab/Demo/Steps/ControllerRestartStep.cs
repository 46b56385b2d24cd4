using Havm.Lab.Ground;

namespace Havm.Lab.Demo.Steps;

/// <summary>The controller is killed again and again while it is given orders and visitors use a guest.</summary>
internal sealed class ControllerRestartStep : IDemoStep
{
    private const int Kills = 3;
    private const int OrdersBetweenKills = 15;
    private const int BackSeconds = 60;

    public string Name => "restart-controller";

    public string Promise => "a killed controller loses nothing it acknowledged, touches no VM, and no visitor notices";

    /// <summary>One acknowledged object is removed behind the step's back.</summary>
    public string Sabotage => "lost-order";

    public async Task RunAsync(DemoStage stage, bool sabotaged, CancellationToken cancel)
    {
        var before = await stage.ReadAsync(cancel);
        var machines = stage.Machines();
        var web = before.Instances.Values.First(instance => instance.Role == "web");
        int asked;
        var orders = new OrderLoad(stage.Client);
        await using (var visitors = new WebLoad(
            stage.Plan.Namespace(LabNetwork.Controllers), web.Addresses[0].Address.Split('/')[0]))
        {
            for (var kill = 0; kill < Kills; kill++)
            {
                await orders.UntilAcknowledgedAsync(orders.Acknowledged.Count + OrdersBetweenKills, cancel);
                await stage.DoAsync(
                    "havm lab restart-controller --kill", () => new Restarts(stage.Plan).ControllerAsync(kill: true));

                // Leases outlive one restart by design, not any number of them in a row: each life has to renew them.
                await stage.WaitAsync(
                    "every node speaks with the new controller", BackSeconds,
                    now => now.AllUp && now.Nodes.Values.All(node => node.WardenConnected), cancel);
            }

            await orders.UntilAcknowledgedAsync(orders.Acknowledged.Count + OrdersBetweenKills, cancel);
            asked = await orders.EndAsync();
            await visitors.StopAsync();
            stage.Check(
                visitors.Failed == 0 && visitors.Answered > 0,
                $"{visitors.Answered} visitors of {web.Name} answered, "
                    + $"{visitors.Failed} failed{(visitors.FirstFailure is { } why ? $" ({why})" : "")}");
        }

        if (sabotaged)
        {
            await stage.Client.DeleteAsync(OrderLoad.Kind, [orders.Acknowledged[0]], cancel);
        }

        var there = (await stage.Client.ObjectsAsync(OrderLoad.Kind, cancel)).Select(o => o.Metadata.Name).ToHashSet();
        var lost = orders.Acknowledged.Where(name => !there.Contains(name)).ToList();
        stage.Check(
            lost.Count == 0,
            $"{asked} orders over {Kills} kills, {orders.Acknowledged.Count} acknowledged, {lost.Count} of these lost");
        var after = await stage.WholeAsync(BackSeconds, cancel);
        stage.Tell(before, after);
        stage.CheckUntouched(machines, before.Instances.Keys);
        stage.Check(
            after.Instances.Values.All(now => now.Generation == before.Instances[now.Name].Generation),
            "no generation has grown");
        await stage.Client.DeleteAsync(OrderLoad.Kind, there.Where(OrderLoad.IsOurs), cancel);
    }
}
