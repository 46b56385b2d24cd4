using Havm.Lab.Demo;

namespace Havm.Lab.Tests.Guests;

/// <summary>SAFETY 6 with real guests: a backup older than what nodes do is put in the place of the state.</summary>
[Collection(GuestsAlone.Name)]
public sealed class RestoredBackupTests(GuestLab lab)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task ItActsOnNothingAndOnceAdoptedEveryGuestRunsOnWhereItIs()
    {
        var before = await lab.WholeAsync();
        var backup = $"{lab.Directory}/backup.db";
        await lab.Client.BackupAsync(backup, Cancel);
        var home = before.Instances[DemoStage.DiskOwner].Node!;
        await lab.DoAsync("power-off", home);
        await lab.Stage.WaitAsync(
            "it runs elsewhere", 100,
            now => now.AllReady && now.Instances[DemoStage.DiskOwner].Node != home, Cancel);
        await lab.DoAsync("power-on", home);
        var after = await lab.WholeAsync();
        var machines = lab.Stage.Machines();

        await lab.DoAsync("stop-controller");
        foreach (var old in Directory.GetFiles(lab.Plan.Paths.Controller, "havm.db*"))
        {
            File.Delete(old);
        }

        File.Copy(backup, $"{lab.Plan.Paths.Controller}/havm.db");
        await lab.DoAsync("start-controller");
        await lab.Stage.WaitAsync("it knows that it is older", 30, _ => IsOverruled(), Cancel);
        await lab.Client.AdoptAsync(Cancel);

        var adopted = await lab.WholeAsync();
        Assert.False(IsOverruled());
        Assert.All(after.Instances.Values, instance => Assert.Equal(
            (instance.Node, instance.Generation),
            (adopted.Instances[instance.Name].Node, adopted.Instances[instance.Name].Generation)));
        var unbound = before.Instances.Values.Where(i => i.Isolation == "leaveRunning").Select(i => i.Name).ToList();
        Assert.NotEmpty(unbound);
        lab.Stage.Begin();
        lab.Stage.CheckUntouched(machines, unbound);
        Assert.All(lab.Stage.Checks, check => Assert.True(check.Passed, check.What));
        Assert.Empty(lab.Observer.Violations);
    }

    private bool IsOverruled() => lab.Client.StatusAsync(Cancel).GetAwaiter().GetResult()
        .Risks.Any(risk => risk.Remedy.Contains("havm store adopt", StringComparison.Ordinal));
}
