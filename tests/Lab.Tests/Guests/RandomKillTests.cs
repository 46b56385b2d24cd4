using System.Diagnostics;
using Havm.Lab.Client;
using Havm.Lab.Demo;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Guests;

/// <summary>Processes of every kind killed at random while orders are given: nothing acknowledged is lost.</summary>
[Collection(KilledAlone.Name)]
public sealed class RandomKillTests(GuestLab lab)
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task NothingAcknowledgedIsLostWhateverIsKilled()
    {
        var seed = Environment.GetEnvironmentVariable("HAVM_SEED") is { } given
            ? int.Parse(given)
            : Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"HAVM_SEED={seed}");
        TestContext.Current.TestOutputHelper?.WriteLine($"HAVM_SEED={seed}");
        var random = new Random(seed);
        var before = await lab.WholeAsync();
        var orders = new OrderLoad(lab.Client);
        var scaled = 0;
        var clock = Stopwatch.StartNew();
        var kills = 0;
        while (clock.Elapsed < Length)
        {
            await KillAsync(random);
            kills++;
            scaled = await ScaleAsync(random, scaled);
            await Task.Delay(LongestPause * random.NextDouble(), Cancel);
        }

        await orders.EndAsync();
        await lab.Stage.ReadAsync(Cancel);
        await lab.Client.ScaleAsync("shop", "worker", 1, Cancel);
        var after = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"whole again after {kills} kills (HAVM_SEED={seed})", 180,
            now => now.AllUp && now.AllReady && now.Instances.Count == before.Instances.Count, Cancel));
        var there = (await lab.Client.ObjectsAsync(OrderLoad.Kind, Cancel)).Select(o => o.Metadata.Name).ToHashSet();
        Assert.NotEmpty(orders.Acknowledged);
        Assert.All(orders.Acknowledged, name => Assert.Contains(name, there));
        Assert.All(after.Instances.Values, now => Assert.True(now.Generation >= before.Instances[now.Name].Generation));
        Assert.True(
            lab.Observer.Violations.Count == 0, $"HAVM_SEED={seed}: {string.Join("; ", lab.Observer.Violations)}");
        await lab.Client.DeleteAsync(OrderLoad.Kind, there.Where(OrderLoad.IsOurs), Cancel);
    }

    private async Task KillAsync(Random random)
    {
        var node = lab.Plan.Nodes[random.Next(lab.Plan.Nodes.Count)].Name;
        var (group, part) = random.Next(4) switch
        {
            0 => (LabGround.ControllerGroup, LabGround.ControllerGroup),
            1 => (node, LoopScript.Agent),
            2 => (node, LoopScript.Warden),
            _ => (node, LoopScript.Guests),
        };
        using var held = await LabLock.TakeAsync(lab.Name, Cancel);
        ProcessTrees.Of(lab.Plan, group).Signal(part, Machine.Kill);
    }

    /// <summary>
    /// An order that may meet a controller that is away; what was acknowledged last is what is wanted.
    /// </summary>
    private async Task<int> ScaleAsync(Random random, int last)
    {
        var wanted = random.Next(1, 4);
        try
        {
            await lab.Client.ScaleAsync("shop", "worker", wanted, Cancel);
            return wanted;
        }
        catch (Exception away) when (away is HttpRequestException or IOException or ApiRefusal)
        {
            return last;
        }
    }
}
