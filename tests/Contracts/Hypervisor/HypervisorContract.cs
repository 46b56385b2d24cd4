using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Hypervisor;

/// <summary>What every hypervisor driver promises about one machine's life.</summary>
public abstract class HypervisorContract(IHypervisorRig rig) : IAsyncDisposable
{
    protected IHypervisorRig Rig { get; } = rig;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await Rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_started_machine_is_held_until_the_warden_releases_it()
    {
        await using var life = Rig.First.NewLife();
        var signs = new SignRecorder();
        var machine = await StartAsync(life, Rig.First, Seats.Bare("vm1"), signs);
        Assert.DoesNotContain(MachineSignKind.Running, signs.Kinds);

        Assert.True(await Rig.First.Switch.ReleaseAsync(machine.WardenSocket, Cancel));
        await signs.WaitAsync(MachineSignKind.Running);
        Assert.True(await Rig.First.Switch.HoldAsync(machine.WardenSocket, Cancel));
        await signs.WaitAsync(MachineSignKind.Held);
        Assert.True(await Rig.First.Switch.ReleaseAsync(machine.WardenSocket, Cancel));
        await signs.WaitAsync(MachineSignKind.Running, count: 2);
        Assert.True(await Rig.First.Switch.ReleaseAsync(machine.WardenSocket, Cancel));
    }

    [Fact]
    public async Task A_killed_process_is_told_as_exited_once_and_last()
    {
        await using var life = Rig.First.NewLife();
        var signs = new SignRecorder();
        var machine = await StartAsync(life, Rig.First, Seats.Bare("vm1"), signs);
        await Rig.First.Switch.ReleaseAsync(machine.WardenSocket, Cancel);
        await signs.WaitAsync(MachineSignKind.Running);

        Rig.First.Kill(machine.Pid);
        await signs.WaitAsync(MachineSignKind.Exited);

        Assert.Empty((await life.FindAsync(Cancel)).Machines);
        Assert.Single(signs.Kinds, MachineSignKind.Exited);
        Assert.Equal(MachineSignKind.Exited, signs.Kinds[^1]);
    }

    [Fact]
    public async Task An_ended_machine_still_takes_every_call()
    {
        await using var life = Rig.First.NewLife();
        var signs = new SignRecorder();
        var machine = await StartAsync(life, Rig.First, Seats.Bare("vm1"), signs);
        Rig.First.Kill(machine.Pid);
        await signs.WaitAsync(MachineSignKind.Exited);

        await machine.AskShutdownAsync(TimeSpan.Zero, Cancel);
        Assert.Equal(new IoCounters(0, 0), await machine.CountIoAsync(Cancel));
        Assert.Null(await machine.CountUseAsync(Cancel));
        await machine.KeepEvidenceAsync("after-the-end", Cancel);
        Assert.NotNull((await machine.DumpAsync("after-the-end", TimeSpan.FromSeconds(1), Cancel)).Trouble);
        Assert.False(await Rig.First.Switch.ReleaseAsync(machine.WardenSocket, Cancel));
        await machine.DisposeAsync();
        Assert.Single(signs.Kinds, MachineSignKind.Exited);
    }

    [Fact]
    public async Task What_a_machine_uses_is_counted_without_its_monitor_and_its_CPU_time_never_falls()
    {
        await using var life = Rig.First.NewLife();
        var signs = new SignRecorder();
        var machine = await StartAsync(life, Rig.First, Seats.Bare("vm1"), signs);
        await Rig.First.Switch.ReleaseAsync(machine.WardenSocket, Cancel);
        await signs.WaitAsync(MachineSignKind.Running);

        var before = await machine.CountUseAsync(Cancel);
        Rig.First.Freeze(machine.Pid);
        var after = await machine.CountUseAsync(Cancel);

        Assert.NotNull(before);
        Assert.NotNull(after);
        Assert.True(after.CpuTime >= before.CpuTime && before.CpuTime > TimeSpan.Zero, $"{before}, {after}");
        Assert.InRange(after.Memory.Value, Bytes.MiB(1).Value, Bytes.GiB(4).Value);
    }

    [Fact]
    public async Task A_machine_reset_by_the_warden_runs_on_in_the_same_process()
    {
        await using var life = Rig.First.NewLife();
        var signs = new SignRecorder();
        var machine = await StartAsync(life, Rig.First, Seats.Bare("vm1"), signs);
        await Rig.First.Switch.ReleaseAsync(machine.WardenSocket, Cancel);
        await signs.WaitAsync(MachineSignKind.Running);

        Assert.True(await Rig.First.Switch.ResetAsync(machine.WardenSocket, Cancel));

        var found = Assert.Single((await life.FindAsync(Cancel)).Machines);
        Assert.Equal(machine.Pid, found.Pid);
        Assert.DoesNotContain(MachineSignKind.GuestShutdown, signs.Kinds);
    }

    [Fact]
    public async Task A_second_start_of_a_live_instance_is_refused_and_harms_nothing()
    {
        await using var life = Rig.First.NewLife();
        var machine = await StartAsync(life, Rig.First, Seats.Bare("vm1"), new SignRecorder());

        await ThrowsAsync(MachineTrouble.StillRunning, () => StartAsync(life, Rig.First, Seats.Bare("vm1", 2)));
        await ThrowsAsync(MachineTrouble.StillRunning, () => life.CleanAsync(machine.Instance, Cancel));

        var found = Assert.Single((await life.FindAsync(Cancel)).Machines);
        Assert.Equal((machine.Pid, new Generation(1)), (found.Pid, found.Generation));
        Assert.NotNull(found.Seat);
    }

    [Fact]
    public async Task A_frozen_machine_is_found_is_not_adopted_and_can_be_ended()
    {
        await using var life = Rig.First.NewLife();
        var machine = await StartAsync(life, Rig.First, Seats.Bare("vm1"), new SignRecorder());
        Rig.First.Freeze(machine.Pid);

        var inventory = await life.FindAsync(Cancel);
        var found = Assert.Single(inventory.Machines);
        Assert.True(inventory.Complete);
        Assert.Equal((machine.Pid, false), (found.Pid, found.MonitorAnswers));
        await ThrowsAsync(MachineTrouble.MonitorSilent, () => machine.CountIoAsync(Cancel));
        Assert.False(await Rig.First.Switch.HoldAsync(machine.WardenSocket, Cancel));
        await using var nextLife = Rig.First.NewLife();
        await ThrowsAsync(
            MachineTrouble.MonitorSilent, () => nextLife.AdoptAsync(found, new SignRecorder(), Cancel));

        Assert.True(await Rig.First.Cgroups.EndAsync(machine.Instance, TimeSpan.FromSeconds(20), Cancel));
        Assert.False(Rig.First.IsAlive(machine.Pid));
        Assert.Empty(Rig.First.Cgroups.Populated());
    }

    [Fact]
    public async Task The_next_life_of_the_agent_adopts_the_same_process_and_learns_its_state()
    {
        int pid;
        var before = new SignRecorder();
        await using (var life = Rig.First.NewLife())
        {
            var started = await StartAsync(life, Rig.First, Seats.Bare("vm1", 7), before);
            await Rig.First.Switch.ReleaseAsync(started.WardenSocket, Cancel);
            await before.WaitAsync(MachineSignKind.Running);
            pid = started.Pid;
        }

        await using var next = Rig.First.NewLife();
        var inventory = await next.FindAsync(Cancel);
        var found = Assert.Single(inventory.Machines);
        Assert.Equal((pid, new Generation(7), true), (found.Pid, found.Generation, found.MonitorAnswers));
        var after = new SignRecorder();
        var adopted = await next.AdoptAsync(found, after, Cancel);
        await after.WaitAsync(MachineSignKind.Running);

        Rig.First.Kill(adopted.Pid);
        await after.WaitAsync(MachineSignKind.Exited);
        Assert.DoesNotContain(MachineSignKind.Exited, before.Kinds);
    }

    [Fact]
    public async Task A_machine_whose_seat_file_is_lost_is_found_with_its_generation()
    {
        await using var life = Rig.First.NewLife();
        await StartAsync(life, Rig.First, Seats.Bare("vm1", 3), new SignRecorder());
        Rig.First.LoseSeat(new InstanceName("vm1"));

        var found = Assert.Single((await life.FindAsync(Cancel)).Machines);
        Assert.Equal(new Generation(3), found.Generation);
        Assert.Null(found.Seat);
    }

    [Fact]
    public async Task An_inventory_is_incomplete_when_the_cgroups_cannot_be_read()
    {
        Rig.First.HideCgroups();
        await using var life = Rig.First.NewLife();
        Assert.False((await life.FindAsync(Cancel)).Complete);
        Assert.True((await Rig.Second.NewLife().FindAsync(Cancel)).Complete);
    }

    protected Task<IMachine> StartAsync(
        IHypervisor life, IMachineNode node, SeatGoal seat, IMachineSink? sink = null) =>
        life.StartHeldAsync(seat, node.Cgroups.Make(seat.Machine.Instance), sink ?? new SignRecorder(), Cancel);

    protected static async Task ThrowsAsync(MachineTrouble trouble, Func<Task> act)
    {
        var thrown = await Assert.ThrowsAsync<MachineException>(act);
        Assert.True(trouble == thrown.Trouble, $"{trouble} was expected, not {thrown.Trouble}: {thrown.Message}");
    }
}
