using Havm.Lab.Demo;

namespace Havm.Lab.Tests.Guests;

/// <summary>SPEC 5.7 with real guests: a drain waits for the vote that a quorum group needs.</summary>
[Collection(GuestsAlone.Name)]
public sealed class QuorumTests(GuestLab lab)
{
    private const string Voter = "shop-web-0";

    private const string Group =
        """
        {apiVersion: havm/v1, kind: QuorumGroup, metadata: {name: voters}, spec: {members:
          [{instance: shop-web-0}, {instance: shop-web-1}, {instance: db-0}]}}
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task ADrainLeavesAVoterWhoseGroupNeedsItUntilTheOtherIsBack()
    {
        var before = await lab.WholeAsync();
        var node = before.Instances[Voter].Node!;
        await lab.Client.ApplyAsync(Group, Cancel);
        try
        {
            await lab.Client.StopAsync(DemoStage.DiskOwner, Cancel);
            await lab.Stage.WaitAsync(
                $"{DemoStage.DiskOwner} is stopped", 60,
                now => now.Instances[DemoStage.DiskOwner].Phase == "stopped", Cancel);
            var machines = lab.Stage.Machines();

            await lab.Client.DrainAsync(node, true, Cancel);
            await Until(async () => (await lab.Client.StatusAsync(Cancel)).Held.Any(held =>
                held.Guard == "disruptionGuard" && held.Message.StartsWith(
                    $"quorum group voters would have 1 of 3 votes without {Voter}", StringComparison.Ordinal)));
            Assert.True(machines[Voter].IsAlive());

            await lab.Client.StartAsync(DemoStage.DiskOwner, Cancel);
            await lab.ToldAsync(() => lab.Stage.WaitAsync(
                $"{Voter} is ready elsewhere", 120, now => now.AllReady && now.Instances[Voter].Node != node, Cancel));
        }
        finally
        {
            await lab.Client.StartAsync(DemoStage.DiskOwner, Cancel);
            await lab.Client.DrainAsync(node, false, Cancel);
            await lab.Client.DeleteAsync("QuorumGroup", ["voters"], Cancel);
        }

        await lab.WholeAsync();
        Assert.Empty(lab.Observer.Violations);
    }

    private static async Task Until(Func<Task<bool>> so)
    {
        for (var tries = 0; tries < 120; tries++)
        {
            if (await so())
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), Cancel);
        }

        Assert.Fail("nothing was held for the quorum group within 60 s");
    }
}
