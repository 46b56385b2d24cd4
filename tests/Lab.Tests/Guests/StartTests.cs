using Havm.Lab.Demo;

namespace Havm.Lab.Tests.Guests;

/// <summary>SPEC 6 with real guests: starts that fail, and what ends that.</summary>
[Collection(GuestsAlone.Name)]
public sealed class StartTests(GuestLab lab)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>By time alone it would never be tried again.</summary>
    [GuestFact]
    public async Task WhatALockRefusesHereAndElsewhereIsFailedAndStartsWhenTheLockIsLetGo()
    {
        await using var never = await lab.PolicyAsync("recovery: {retries: {here: 1, elsewhere: 1, again: never}}");
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var told = (await lab.Client.EventsAsync(0, Cancel)).Max(e => e.Sequence);
        await lab.Client.StopAsync(DemoStage.DiskOwner, Cancel);
        await lab.Stage.WaitAsync(
            "it is stopped", 60, now => now.Instances[DemoStage.DiskOwner].Phase == "stopped", Cancel);

        await using (await DiskLocker.HoldAsync(
            lab.Plan, before.Nodes.Keys, DemoStage.DiskOwner, "data", Cancel))
        {
            await lab.Client.StartAsync(DemoStage.DiskOwner, Cancel);
            var failed = await lab.ToldAsync(() => lab.Stage.WaitAsync(
                "it is failed", 120, now => now.Instances[DemoStage.DiskOwner].Phase == "failed", Cancel));
            var why = failed.Instances[DemoStage.DiskOwner].Reason!.Message;
            Assert.Contains("Failed to get", why, StringComparison.Ordinal);
            Assert.Contains("finds its disks' locks free", why, StringComparison.Ordinal);
            Assert.DoesNotContain(DemoStage.DiskOwner, lab.Stage.Machines().Keys);
        }

        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "it is ready again", 60, now => now.Instances[DemoStage.DiskOwner].Settled && now.AllReady, Cancel));

        // One seat here and one elsewhere, each tried twice by its host, and the one that came of the lock.
        var events = (await lab.Client.EventsAsync(told, Cancel))
            .Where(e => e.Object == $"Instance/{DemoStage.DiskOwner}").Select(e => e.Reason?.Code).ToList();
        Assert.Equal(3, events.Count(code => code == "seated"));
        Assert.Equal(2, events.Count(code => code == "takenBack"));
        Assert.Single(events, "failed");
        Assert.Single(events, "lockFreed");
        await lab.WholeAsync();
        lab.Stage.Begin();
        lab.Stage.CheckUntouched(machines, before.Instances.Keys.Where(name => name != DemoStage.DiskOwner));
        await lab.Stage.CheckAlwaysAsync(Cancel);
        Assert.All(lab.Stage.Checks, check => Assert.True(check.Passed, check.What));
    }
}
