using Havm.Lab.Ground;

namespace Havm.Lab.Demo.Steps;

/// <summary>The QEMU of the machine with a disk is killed.</summary>
internal sealed class KillMachineStep : IDemoStep
{
    public string Name => "kill-vm";

    public string Promise =>
        "a killed QEMU is restarted where it was, at the same generation; the others are not touched";

    /// <summary>The node's agent is frozen first: nobody is there to restart it.</summary>
    public string Sabotage => "frozen-agent";

    public async Task RunAsync(DemoStage stage, bool sabotaged, CancellationToken cancel)
    {
        var before = await stage.ReadAsync(cancel);
        var machines = stage.Machines();
        var node = before.Instances[DemoStage.DiskOwner].Node!;
        if (sabotaged)
        {
            await stage.FreezeAsync(node, LoopScript.Agent);
        }

        await stage.DoAsync($"havm lab kill-vm {DemoStage.DiskOwner}", () =>
        {
            new GuestFaults(stage.Plan).Kill(DemoStage.DiskOwner);
            return Task.CompletedTask;
        });
        await MachineFaultStep.CheckInPlaceAsync(stage, DemoStage.DiskOwner, before, machines, "machineExit", cancel);
    }
}
