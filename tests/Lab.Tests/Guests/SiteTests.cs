using Havm.Datastore;
using Havm.Lab.Client;
using Havm.Lab.Demo;
using Havm.Lab.Ground;
using Havm.Lab.Observing;
using Havm.Runtime.Ports;

namespace Havm.Lab.Tests.Guests;

/// <summary>SPEC 6 with real guests: a site loses its power, controller and BMCs with it, and has it back.</summary>
[Collection(GuestsAlone.Name)]
public sealed class SiteTests(GuestLab lab)
{
    private const string App = "books-0";

    /// <summary>By its second it beats; by then all that a boot does by itself is done.</summary>
    private const int BeatsAlone = 12;

    private const string Objects = $$"""
        apiVersion: havm/v1
        kind: VirtualMachine
        metadata: {name: {{App}}}
        spec:
          vcpus: 1
          memory: 96MiB
          image: lab
          networks: [lab]
          dependsOn:
            - {name: {{DemoStage.DiskOwner}}, condition: guestReady, timeout: 10m}
          application:
            command: [/srv/bin/worker]
            probe: {kind: tcp, port: 7000, period: 1s}
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task NodesThatAreBackBeforeTheirControllerStartNothingAndThenEachInstanceStartsOnceAndInOrder()
    {
        await lab.WholeAsync();
        await lab.Client.ApplyAsync(Objects, Cancel);
        var before = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{App} is ready", 120, now => now.AllReady && now.Instances.ContainsKey(App), Cancel));
        lab.Stage.Begin();
        await lab.Stage.CheckAlwaysAsync(Cancel);
        var told = (await lab.Client.StatusAsync(Cancel)).AtEvent;

        var site = new LabTarget("site", IsRack: true, lab.Plan.Nodes, "");
        await lab.DoAsync("stop-controller", "--kill");
        await lab.Stage.PowerOffAsync(site, withBmc: true);
        Assert.Empty(lab.Stage.Machines());
        var known = Seen();
        await lab.Stage.PowerOnAsync(site);
        await AloneAsync(before);
        Assert.Equal(known, Seen());
        Assert.Empty(lab.Stage.Machines());

        await lab.DoAsync("start-controller");
        var after = await lab.WholeAsync();
        var events = await lab.Client.EventsAsync(told, Cancel);

        Assert.Equal(before.Instances.Keys.Order(), after.Instances.Keys.Order());
        Assert.Equal(
            after.Instances.Keys.Order(),
            lab.Observer.Processes.Where(p => !known.Contains((p.Pid, p.Started))).Select(p => p.Instance).Order());
        Assert.True(after.Instances[App].StartedAt!.At >= after.Instances[DemoStage.DiskOwner].ReadyAt!.At);
        Assert.DoesNotContain(events, e => e.Name is "fenceOrdered" or "dependencyGivenUp");
        await lab.Stage.CheckAlwaysAsync(Cancel);
        Assert.All(lab.Stage.Checks, check => Assert.True(check.Passed, check.What));
        await EndAsync();
    }

    /// <summary>Each node is up in a boot of its own, and has gone on for a while with nobody to ask.</summary>
    private async Task AloneAsync(Snapshot before)
    {
        var heartbeats = new DirectoryHeartbeats(lab.Plan.Paths.Datastore);
        IReadOnlyList<DatastoreBeat> beats = [];
        Assert.True(
            await Tools.Until.TrueAsync(
                () =>
                {
                    beats = heartbeats.ReadAllAsync(Cancel).GetAwaiter().GetResult();
                    return before.Nodes.Values.All(node => beats.Any(beat => beat.Node.Value == node.Name
                        && beat.Boot.Value != node.BootId && beat.Sequence >= BeatsAlone));
                },
                TimeSpan.FromSeconds(60), Cancel),
            $"beats: {string.Join(", ", beats.Select(b => $"{b.Node} {b.Boot} {b.Sequence}"))}");
        Assert.All(beats, beat => Assert.Empty(beat.Running));
    }

    private HashSet<(int Pid, long Started)> Seen() =>
        [.. lab.Observer.Processes.Select(process => (process.Pid, process.Started))];

    private async Task EndAsync()
    {
        await lab.Client.DeleteAsync("VirtualMachine", [App], Cancel);
        await lab.Stage.WaitAsync($"{App} is gone", 60, now => !now.Instances.ContainsKey(App), Cancel);
        await lab.WholeAsync();
        Assert.Empty(lab.Observer.Violations);
    }
}
