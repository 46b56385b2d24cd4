using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Hypervisor;

/// <summary>What every hypervisor driver promises about disks, networks and starts that fail.</summary>
public abstract class MachineDiskContract(IHypervisorRig rig) : HypervisorContract(rig)
{
    private static readonly FileOnDatastore Data = new(IHypervisorRig.Store, "disks/data.qcow2");

    [Fact]
    public async Task A_kept_disk_is_made_on_first_start_and_keeps_what_was_written()
    {
        await using var life = Rig.First.NewLife();
        var seat = Seats.WithDisk("vm1", Seats.Kept(Data));
        await RunOnceAsync(life, Rig.First, seat);
        Assert.True(await Rig.IsBlankAsync(Data));

        await Rig.ScribbleAsync(Data);
        await RunOnceAsync(life, Rig.First, seat);
        Assert.False(await Rig.IsBlankAsync(Data));
    }

    [Fact]
    public async Task A_fresh_disk_is_made_anew_at_each_start()
    {
        await using var life = Rig.First.NewLife();
        var seat = Seats.WithDisk("vm1", Seats.Fresh(Data));
        await RunOnceAsync(life, Rig.First, seat);
        await Rig.ScribbleAsync(Data);

        await RunOnceAsync(life, Rig.First, seat);
        Assert.True(await Rig.IsBlankAsync(Data));
    }

    [Fact]
    public async Task Cleaning_removes_fresh_disks_and_leaves_kept_ones()
    {
        var kept = new FileOnDatastore(IHypervisorRig.Store, "disks/kept.qcow2");
        await using var life = Rig.First.NewLife();
        var seat = Seats.WithDisk("vm1", Seats.Fresh(Data), Seats.Kept(kept));
        await RunOnceAsync(life, Rig.First, seat);

        await life.CleanAsync(seat.Machine.Instance, Cancel);
        await life.CleanAsync(seat.Machine.Instance, Cancel);

        Assert.False(Rig.Exists(Data));
        Assert.True(Rig.Exists(kept));
    }

    [Theory]
    [InlineData(DiskLife.Kept)]
    [InlineData(DiskLife.Fresh)]
    public async Task A_disk_in_use_on_another_node_vetoes_the_start(DiskLife kind)
    {
        var disk = Seats.Kept(Data) with { Life = kind };
        await using var first = Rig.First.NewLife();
        await using var second = Rig.Second.NewLife();
        var signs = new SignRecorder();
        var running = await StartAsync(first, Rig.First, Seats.WithDisk("vm1", disk), signs);
        Rig.First.Freeze(running.Pid);

        var next = Seats.WithDisk("vm1", disk) with { Generation = new Generation(2) };
        await ThrowsAsync(MachineTrouble.DiskLocked, () => StartAsync(second, Rig.Second, next));

        Assert.True(Rig.First.IsAlive(running.Pid));
        Assert.True(Rig.Exists(Data));
        Assert.Empty((await second.FindAsync(Cancel)).Machines);
        Assert.False(await second.LocksAreFreeAsync([disk], Cancel));
        Rig.First.Kill(running.Pid);
        await signs.WaitAsync(MachineSignKind.Exited);
        Assert.True(await second.LocksAreFreeAsync([disk], Cancel));
        await RunOnceAsync(second, Rig.Second, next);
    }

    [Fact]
    public async Task Cleaning_a_node_spares_the_fresh_disk_of_the_machine_that_moved_on()
    {
        var seat = Seats.WithDisk("vm1", Seats.Fresh(Data));
        await using var first = Rig.First.NewLife();
        await using var second = Rig.Second.NewLife();
        await RunOnceAsync(first, Rig.First, seat);
        var moved = await StartAsync(second, Rig.Second, seat with { Generation = new Generation(2) });

        await first.CleanAsync(seat.Machine.Instance, Cancel);

        Assert.True(Rig.Exists(Data));
        Assert.True(Rig.Second.IsAlive(moved.Pid));
    }

    [Fact]
    public async Task A_file_that_is_missing_is_named_and_nothing_is_left()
    {
        await using var life = Rig.First.NewLife();
        var absent = new FileOnDatastore(IHypervisorRig.Store, "images/absent.qcow2");
        SeatGoal[] seats =
        [
            Seats.WithDisk("vm1", Seats.Kept(absent) with { Size = Bytes.Zero }),
            Seats.WithDisk("vm1", Seats.Fresh(Data) with { Base = absent }),
            Seats.WithDisk("vm1", Seats.Fresh(Data with { Datastore = "nowhere" }) with { Base = absent }),
            Seats.WithKernel("vm1", absent, Seats.Fresh(Data)),
        ];
        foreach (var seat in seats)
        {
            await ThrowsAsync(MachineTrouble.MissingFile, () => StartAsync(life, Rig.First, seat));
            Assert.False(Rig.Exists(Data));
        }

        Assert.Empty((await life.FindAsync(Cancel)).Machines);
    }

    [Fact]
    public async Task A_disk_with_a_base_overlays_it_and_two_machines_share_the_base()
    {
        var image = new FileOnDatastore(IHypervisorRig.Store, "images/base.qcow2");
        await Rig.PutAsync(image);
        await using var life = Rig.First.NewLife();
        var other = new FileOnDatastore(IHypervisorRig.Store, "disks/other.qcow2");

        var fresh = Seats.Fresh(Data) with { Base = image, Size = Bytes.Zero };
        var kept = Seats.Kept(other) with { Base = image, Size = Bytes.Zero };
        await StartAsync(life, Rig.First, Seats.WithDisk("vm1", fresh));
        Assert.True(await life.LocksAreFreeAsync([kept], Cancel));
        Assert.False(await life.LocksAreFreeAsync([fresh], Cancel));
        await StartAsync(life, Rig.First, Seats.WithDisk("vm2", kept));

        Assert.Equal(2, (await life.FindAsync(Cancel)).Machines.Length);
    }

    [Fact]
    public async Task A_full_datastore_is_told_as_no_space_and_leaves_no_half_made_disk()
    {
        await using var life = Rig.First.NewLife();
        var kept = new FileOnDatastore(IHypervisorRig.Full, "kept.qcow2");
        var fresh = new FileOnDatastore(IHypervisorRig.Full, "fresh.qcow2");

        await ThrowsAsync(
            MachineTrouble.NoSpace, () => StartAsync(life, Rig.First, Seats.WithDisk("vm1", Seats.Kept(kept))));
        await ThrowsAsync(
            MachineTrouble.NoSpace, () => StartAsync(life, Rig.First, Seats.WithDisk("vm1", Seats.Fresh(fresh))));

        Assert.False(Rig.Exists(kept));
        Assert.False(Rig.Exists(fresh));
        Assert.Empty((await life.FindAsync(Cancel)).Machines);
    }

    [Fact]
    public async Task Room_is_where_new_data_is_taken_beside_every_disk_and_nothing_is_left_of_the_question()
    {
        await using var life = Rig.First.NewLife();
        var there = Seats.Kept(Data);
        var full = Seats.Kept(new FileOnDatastore(IHypervisorRig.Full, "kept.qcow2"));
        await RunOnceAsync(life, Rig.First, Seats.WithDisk("vm1", there));

        Assert.True(await life.HasRoomAsync([there], Cancel));
        Assert.False(await life.HasRoomAsync([there, full], Cancel));
        Assert.False(Rig.Exists(full.File));
        Assert.False(Rig.Exists(full.File with { Path = "kept.qcow2.room" }));
        Assert.False(Rig.Exists(Data with { Path = "disks/data.qcow2.room" }));
    }

    private async Task RunOnceAsync(IHypervisor life, IMachineNode node, SeatGoal seat)
    {
        var signs = new SignRecorder();
        var machine = await StartAsync(life, node, seat, signs);
        Assert.True(await node.Cgroups.EndAsync(machine.Instance, TimeSpan.FromSeconds(20), Cancel));
        await signs.WaitAsync(MachineSignKind.Exited);
    }
}
