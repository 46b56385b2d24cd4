using Havm.Lab.Client;
using Havm.Lab.Demo;

namespace Havm.Lab.Tests.Guests;

/// <summary>SPEC 6 with real guests: an application that is lost with its database starts after it.</summary>
[Collection(GuestsAlone.Name)]
public sealed class DependencyTests(GuestLab lab)
{
    private const string App = "ledger-0";

    /// <summary>Both on one node, so that both are lost at once.</summary>
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
        ---
        apiVersion: havm/v1
        kind: PlacementRule
        metadata: {name: ledger}
        spec: {together: [{{DemoStage.DiskOwner}}, {{App}}]}
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task AnApplicationIsStartedAfterTheDatabaseWithWhichItWasLostIsReadyAgain()
    {
        await lab.WholeAsync();
        await lab.Client.ApplyAsync(Objects, Cancel);
        var before = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{App} is ready beside its database", 120,
            now => now.AllReady && now.Instances.TryGetValue(App, out var app)
                && app.Node == now.Instances[DemoStage.DiskOwner].Node, Cancel));
        var node = before.Instances[App].Node!;
        var sequence = (await lab.Client.StatusAsync(Cancel)).AtEvent;

        await lab.DoAsync("power-off", node);
        await lab.Stage.WaitAsync(
            $"{App} waits", 60, now => now.Instances[App].Phase == "waitingForDependency", Cancel);
        var held = (await lab.Client.StatusAsync(Cancel)).Held;
        var after = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "both are ready elsewhere", 180,
            now => now.AllReady && now.Instances[App].Node != node
                && now.Instances[DemoStage.DiskOwner].Node != node, Cancel));
        var events = await lab.Client.EventsAsync(sequence, Cancel);

        Assert.True(after.Instances[App].StartedAt!.At >= after.Instances[DemoStage.DiskOwner].ReadyAt!.At);
        Assert.Contains(held, h => h.Subject == $"Instance/{App}"
            && h.Message.Contains($"VirtualMachine/{DemoStage.DiskOwner} to be guestReady", StringComparison.Ordinal));
        Assert.Contains(events, e => e.Name == "startWaited");
        Assert.DoesNotContain(events, e => e.Name == "dependencyGivenUp");
        Assert.Empty(lab.Observer.Violations);

        var refusal = await Assert.ThrowsAsync<ApiRefusal>(() =>
            lab.Client.DeleteAsync("VirtualMachine", [DemoStage.DiskOwner], Cancel));
        Assert.Contains(refusal.Errors, error => error.Object == $"VirtualMachine/{App}");
        await lab.Client.DeleteAsync("PlacementRule", ["ledger"], Cancel);
        await lab.Client.DeleteAsync("VirtualMachine", [App], Cancel);
        await lab.DoAsync("power-on", node);
        await lab.Stage.WaitAsync($"{App} is gone", 60, now => !now.Instances.ContainsKey(App), Cancel);
        await lab.WholeAsync();
    }
}
