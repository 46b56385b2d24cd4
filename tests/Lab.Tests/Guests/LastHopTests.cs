namespace Havm.Lab.Tests.Guests;

/// <summary>
/// SAFETY 2 and 8 to the last hop: the warden itself, as it is built, on a machine with a watchdog of the kernel's. The
/// machine is an emulated one, whose QEMU carries out what the watchdog does.
/// </summary>
[Collection(LastHopAlone.Name)]
public sealed class LastHopTests
{
    [GuestFact]
    public async Task AWardenThatIsFrozenHasItsMachineResetByTheKernelsWatchdogAndOneThatEndsInOrderReleasesIt()
    {
        using var node = new WatchdogMachine();

        var events = await node.RunAsync(TestContext.Current.CancellationToken);

        // In this order, and nothing bit before the freeze: the machine would not have come so far.
        string[] told = ["inactive", "armed", "fed", "released", "armed again", "frozen"];
        Assert.Equal(told, node.Told);
        Assert.Contains(events, line => line.Contains("\"WATCHDOG\"") && line.Contains("\"reset\""));
        Assert.Contains(events, line => line.Contains("\"SHUTDOWN\"") && line.Contains("\"guest-reset\""));
    }
}

/// <summary>It needs half a gigabyte and most of a CPU for itself.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LastHopAlone
{
    public const string Name = "last hop";
}
