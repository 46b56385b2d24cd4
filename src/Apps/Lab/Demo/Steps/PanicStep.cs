using Havm.Lab.Ground;

namespace Havm.Lab.Demo.Steps;

/// <summary>A guest's kernel panics.</summary>
internal sealed class PanicStep : IDemoStep
{
    public string Name => "panic-guest";

    public string Promise => "a panicked guest is seen at once and restarted where it was; the others are not touched";

    /// <summary>A second copy of the guest is started by hand: the observer must see two.</summary>
    public string Sabotage => "second-copy";

    public async Task RunAsync(DemoStage stage, bool sabotaged, CancellationToken cancel)
    {
        var before = await stage.ReadAsync(cancel);
        var machines = stage.Machines();
        var instance = before.Instances.Values.First(i => i.Role == "worker").Name;
        await stage.DoAsync(
            $"havm lab panic-guest {instance}", () => new GuestFaults(stage.Plan).TellAsync(instance, "panic"));
        if (sabotaged)
        {
            // After the word, which goes to every QEMU of that name.
            await stage.DoAsync($"start a second QEMU named {instance} by hand", () =>
                SecondCopy.StartAsync(stage.Plan, instance));
        }

        await MachineFaultStep.CheckInPlaceAsync(stage, instance, before, machines, "guestPanic", cancel);
    }
}
