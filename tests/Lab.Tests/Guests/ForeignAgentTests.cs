using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Wire.Api;

namespace Havm.Lab.Tests.Guests;

/// <summary>Rows 3 and 4 with real guests that lack Havm's agent: QEMU's agent, and a guest's own watchdog.</summary>
[Collection(GuestsAlone.Name)]
public sealed class ForeignAgentTests(GuestLab lab)
{
    private const string Vm = "plain-0";

    /// <summary>Its init looks at no power button: only its agent can end it in good order.</summary>
    private static readonly string WithAgent = Objects("vmlinux", "initrd.cpio", "96MiB", "havm.agent=qemu");

    private static readonly string WithWatchdog =
        Objects("vmlinux-full", "initrd-full.cpio", "160MiB", "havm.agent=qemu havm.watchdog=4");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task AGuestWithTheQemuAgentAloneIsReadyIsResetWhenItHangsAndShutsDownInGoodOrder()
    {
        await lab.WholeAsync();
        await using (await lab.PolicyAsync("healing: {hangWait: 30s}"))
        {
            var before = await StartAsync(WithAgent);
            await lab.DoAsync("hang-guest", Vm);
            var incident = await BegunAnewAsync(before, "silent for");
            Assert.Contains("without disk or network work", incident.Decision.Message);
        }

        var node = (await lab.WholeAsync()).Instances[Vm].Node!;
        await lab.Client.StopAsync(Vm, Cancel);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{Vm} is stopped", 90, now => now.Instances[Vm].Phase == "stopped", Cancel));

        Assert.Contains($"{Vm} generation 1: Stopping -> Ending: the guest has shut down",
            await File.ReadAllTextAsync($"{lab.Plan.Paths.Node(node)}/agent.log", Cancel));
        await EndAsync();
    }

    [GuestFact]
    public async Task AGuestThatStopsFeedingItsWatchdogIsBegunAnewAtOnceAndNotAfterTheWaitOfSilence()
    {
        await lab.WholeAsync();
        var before = await StartAsync(WithWatchdog);

        await lab.DoAsync("hang-guest", Vm);

        var incident = await BegunAnewAsync(before, "the guest's watchdog fired");
        Assert.Contains("restart 1 of 3", incident.Decision.Message);
        await EndAsync();
    }

    private static string Objects(string kernel, string initrd, string memory, string arguments) => $$"""
        apiVersion: havm/v1
        kind: Image
        metadata: {name: plain}
        spec:
          datastore: {{NodeConfig.DatastoreName}}
          kernel: images/{{kernel}}
          initrd: images/{{initrd}}
          base: images/base.qcow2
          arguments: havm.lab=1 {{arguments}}
        ---
        apiVersion: havm/v1
        kind: VirtualMachine
        metadata: {name: {{Vm}}}
        spec: {vcpus: 1, memory: {{memory}}, image: plain, networks: [lab], guestAgent: qemu}
        """;

    private async Task<Snapshot> StartAsync(string objects)
    {
        await lab.Client.ApplyAsync(objects, Cancel);
        return await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{Vm} is ready", 120,
            now => now.AllReady && now.Instances.TryGetValue(Vm, out var vm) && vm.Phase == "ready", Cancel));
    }

    /// <summary>A fresh process of the same seat, nobody else touched, one incident that says why.</summary>
    private async Task<IncidentView> BegunAnewAsync(Snapshot before, string why)
    {
        var machines = lab.Stage.Machines();
        var known = before.Incidents.Select(i => i.Id).ToHashSet();
        var after = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{Vm} is ready again", 150,
            now => now.AllReady && now.Incidents.Any(i => IsOfVm(i) && i.ClosedAt is not null && !known.Contains(i.Id)),
            Cancel));

        var incident = Assert.Single(after.Incidents, i => IsOfVm(i) && !known.Contains(i.Id));
        Assert.Contains(why, incident.Decision.Message);
        Assert.Equal(("guestHang", 3), (incident.Kind, incident.Row));
        var (was, now) = (before.Instances[Vm], after.Instances[Vm]);
        Assert.Equal((was.Node, was.Generation), (now.Node, now.Generation));
        Assert.False(machines[Vm].IsAlive());
        lab.AssertUntouched(machines, before.Instances.Keys.Except([Vm]));
        return incident;
    }

    private async Task EndAsync()
    {
        await lab.Client.DeleteAsync("VirtualMachine", [Vm], Cancel);
        await lab.Stage.WaitAsync($"{Vm} is gone", 60, now => !now.Instances.ContainsKey(Vm), Cancel);
        await lab.Client.DeleteAsync("Image", ["plain"], Cancel);
        await lab.WholeAsync();
    }

    private static bool IsOfVm(IncidentView incident) => incident.Subject == $"Instance/{Vm}";
}
