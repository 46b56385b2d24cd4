using Havm.Hypervisor.Qemu;
using Havm.Hypervisor.Qemu.Accelerator;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Hypervisor;

/// <summary>The QEMU driver keeps the hypervisor's contract, with firmware for a guest.</summary>
[Collection(RealQemu.Name)]
public sealed class QemuHypervisorTests() : MachineDiskContract(new QemuRig())
{
    [Fact]
    public async Task A_tap_that_cannot_be_made_undoes_the_start()
    {
        var disk = new FileOnDatastore(IHypervisorRig.Store, "root.qcow2");
        var seat = Seats.WithDisk("vm1", Seats.Fresh(disk));
        seat = seat with
        {
            Machine = seat.Machine with { Nics = [new NicDefinition("n", "52:54:00:00:00:01", "10.0.0.2/24", null)] },
        };
        await using var life = Rig.First.NewLife();

        await ThrowsAsync(MachineTrouble.NetworkFailed, () => StartAsync(life, Rig.First, seat));

        Assert.False(Rig.Exists(disk));
        Assert.False(Directory.Exists(Path.Join(((QemuRig)Rig).Settings.RunDirectory, "vm1")));
    }

    [Fact]
    public async Task A_fresh_disk_that_another_process_has_open_is_not_touched()
    {
        var disk = new FileOnDatastore(IHypervisorRig.Store, "disks/root.qcow2");
        string path = Path.Join(((QemuRig)Rig).StorePath, disk.Path);
        await using var first = Rig.First.NewLife();
        await using var second = Rig.Second.NewLife();
        await StartAsync(first, Rig.First, Seats.WithDisk("vm1", Seats.Fresh(disk)));
        await File.AppendAllTextAsync(path, "what the machine has written", Cancel);
        byte[] before = await File.ReadAllBytesAsync(path, Cancel);

        var next = Seats.WithDisk("vm1", Seats.Fresh(disk)) with { Generation = new Generation(2) };
        await ThrowsAsync(MachineTrouble.DiskLocked, () => StartAsync(second, Rig.Second, next));

        Assert.Equal(before, await File.ReadAllBytesAsync(path, Cancel));
    }

    [Fact]
    public async Task A_rehearsal_goes_through_and_leaves_nothing()
    {
        string directory = Path.Join(((QemuRig)Rig).StorePath, "rehearsal");

        Assert.True(await new Rehearsal(directory).StartAsync(Cancel));
        Assert.True(await new Rehearsal(directory).ReleaseAsync(Cancel));

        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public async Task Evidence_of_a_firmware_machine_has_a_picture_and_outlives_the_machine()
    {
        await using var life = Rig.First.NewLife();
        var machine = await StartAsync(life, Rig.First, Seats.Bare("vm1"));
        await Rig.First.Switch.ReleaseAsync(machine.WardenSocket, Cancel);
        string old = Path.Join(((QemuRig)Rig).Settings.EvidenceDirectory, "long-gone", "inc-1");
        Directory.CreateDirectory(old);
        File.WriteAllBytes(Path.Join(old, "console.txt"), new byte[2 * Bytes.Mebi]);

        var kept = await machine.KeepEvidenceAsync("2026/11: a reset", Cancel);
        Assert.False(Directory.Exists(old), "the bound of all instances together does not hold");
        await Rig.First.Cgroups.EndAsync(machine.Instance, TimeSpan.FromSeconds(20), Cancel);
        await life.CleanAsync(machine.Instance, Cancel);

        string picture = Assert.Single(kept, path => path.EndsWith("screen.png", StringComparison.Ordinal));
        Assert.Equal((byte[])[0x89, 0x50, 0x4e, 0x47], File.ReadAllBytes(picture)[..4]);
    }

    [Fact]
    public async Task A_dump_that_might_not_fit_into_the_budget_is_not_begun()
    {
        await using var life = Rig.First.NewLife();
        var machine = await StartAsync(life, Rig.First, Seats.Bare("vm1"));

        var dump = await machine.DumpAsync("inc-1", TimeSpan.FromSeconds(20), Cancel);

        Assert.Null(dump.File);
        Assert.EndsWith("evidenceMiB of this node allows 1 MiB; raise it", dump.Trouble);
    }

    [Fact]
    public async Task A_path_that_leads_out_of_its_datastore_is_refused()
    {
        await using var life = Rig.First.NewLife();
        var outside = new FileOnDatastore(IHypervisorRig.Store, "../../outside.qcow2");

        await ThrowsAsync(
            MachineTrouble.MissingFile, () => StartAsync(life, Rig.First, Seats.WithDisk("vm1", Seats.Fresh(outside))));
    }

    [Fact]
    public async Task The_probe_finds_an_accelerator_that_runs_guests_and_remembers_it_for_this_boot()
    {
        string cache = Path.Join(((QemuRig)Rig).StorePath, "accelerator.json");
        var boot = new BootId("boot-1");
        var found = await AcceleratorProbe.FindAsync("qemu-system-x86_64", cache, boot, Cancel);

        string remembered = await File.ReadAllTextAsync(cache, Cancel);
        Assert.Contains(found == AcceleratorKind.Kvm ? "Kvm" : "Tcg", remembered);
        await File.WriteAllTextAsync(cache, remembered.Replace("Tcg", "Kvm"), Cancel);
        Assert.Equal(
            AcceleratorKind.Kvm, await AcceleratorProbe.FindAsync("qemu-system-x86_64", cache, boot, Cancel));
        Assert.Equal(
            found, await AcceleratorProbe.FindAsync("qemu-system-x86_64", cache, new BootId("boot-2"), Cancel));
    }
}

/// <summary>Tests with real QEMU processes run one after another: two cores are shared.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealQemu
{
    public const string Name = "real QEMU";
}
