using System.Net.Sockets;
using System.Text;
using Havm.Hypervisor.Qemu;
using Havm.Hypervisor.Qemu.Processes;
using Havm.Model;
using Havm.Network;
using Havm.Runtime.Ports;
using Havm.Tests;

namespace Havm.Contracts.Hypervisor;

/// <summary>What a real guest says, and how its troubles are told.</summary>
[Collection(RealQemu.Name)]
public sealed class QemuGuestTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly QemuRig _rig = new(512 * Bytes.Mebi);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string image = await GuestImage.DirectoryAsync();
        foreach (string file in (string[])["vmlinux", "initrd.cpio", "vmlinux-full", "initrd-full.cpio", "base.qcow2"])
        {
            File.CreateSymbolicLink(Path.Join(_rig.StorePath, file), Path.Join(image, file));
        }
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task The_next_life_of_the_agent_hears_a_guest_that_goes_on_undisturbed()
    {
        var before = new SignRecorder();
        await using (var life = _rig.First.NewLife())
        {
            await RunAsync(life, SeatWithRole(), before);
            await before.WaitAsync(MachineSignKind.GuestReady);
            await before.WaitAsync(MachineSignKind.GuestBeat, count: 2);
        }

        var after = new SignRecorder();
        await using var next = _rig.First.NewLife();
        var found = Assert.Single((await next.FindAsync(Cancel)).Machines);
        var machine = await next.AdoptAsync(found, after, Cancel);
        await after.WaitAsync(MachineSignKind.GuestReady);
        await after.WaitAsync(MachineSignKind.GuestBeat, count: 2);

        Assert.DoesNotContain(MachineSignKind.GuestNotReady, after.Kinds);
        Assert.True((await machine.CountIoAsync(Cancel)).DiskOperations > 0);
        var kept = await machine.KeepEvidenceAsync("look", Cancel);
        Assert.DoesNotContain(kept, path => path.EndsWith(".png", StringComparison.Ordinal));
        Assert.Equal(found.Pid, machine.Pid);
    }

    [Fact]
    public async Task A_guest_whose_seat_comes_later_learns_who_it_is_and_is_ready()
    {
        // Made as Havm makes machines, and let run by somebody who tells its guest nothing.
        await using (var maker = _rig.First.NewLife())
        {
            string cgroup = _rig.First.Cgroups.Make(SeatWithRole().Machine.Instance);
            await maker.StartHeldAsync(SeatWithRole(), cgroup, new SignRecorder(), Cancel);
        }

        var signs = new SignRecorder();
        await using var life = _rig.First.NewLife();
        var found = Assert.Single((await life.FindAsync(Cancel)).Machines);
        var machine = await life.AdoptAsync(found with { Seat = null }, signs, Cancel);
        Assert.True(await _rig.First.Switch.ReleaseAsync(machine.WardenSocket, Cancel));
        await signs.WaitAsync(MachineSignKind.Running);

        machine.Introduce(SeatWithRole());

        await signs.WaitAsync(MachineSignKind.GuestReady);
    }

    [Fact]
    public async Task A_panic_is_told_needs_a_reset_and_the_guest_is_ready_again_after_it()
    {
        var signs = new SignRecorder();
        await using var life = _rig.First.NewLife();
        var machine = await RunAsync(life, SeatWithRole(), signs);
        await signs.WaitAsync(MachineSignKind.GuestReady);

        await TellLabPortAsync(machine, "panic");
        await signs.WaitAsync(MachineSignKind.Panic);
        await signs.WaitAsync(MachineSignKind.Held);
        Assert.False(await _rig.First.Switch.ReleaseAsync(machine.WardenSocket, Cancel));
        await using (var next = _rig.Second.NewLife())
        {
            Assert.Empty((await next.FindAsync(Cancel)).Machines);
        }

        Assert.True(await _rig.First.Switch.ResetAsync(machine.WardenSocket, Cancel));
        await signs.WaitAsync(MachineSignKind.GuestNotReady);
        await signs.WaitAsync(MachineSignKind.GuestReady, count: 2);
        Assert.DoesNotContain(MachineSignKind.GuestShutdown, signs.Kinds);
        Assert.DoesNotContain(MachineSignKind.Exited, signs.Kinds);
    }

    [Fact]
    public async Task The_memory_of_a_panicked_guest_is_dumped_for_its_owner_alone_and_makes_room_for_itself()
    {
        var signs = new SignRecorder();
        await using var life = _rig.First.NewLife();
        var machine = await RunAsync(life, SeatWithRole(), signs);
        await signs.WaitAsync(MachineSignKind.GuestReady);
        await TellLabPortAsync(machine, "panic");
        await signs.WaitAsync(MachineSignKind.Panic);
        string old = Path.Join(_rig.Settings.EvidenceDirectory, "vm0", "inc-0");
        Directory.CreateDirectory(old);
        await using (var former = File.Create(Path.Join(old, "guest.dump")))
        {
            former.SetLength(480 * Bytes.Mebi);
        }

        await File.WriteAllTextAsync(Path.Join(old, "console.txt"), "what it said", Cancel);
        Directory.SetLastWriteTimeUtc(old, DateTime.UnixEpoch);
        await machine.KeepEvidenceAsync("inc-1", Cancel);

        var dump = await machine.DumpAsync("inc-1", Patience, Cancel);

        Assert.True(dump.File is not null, dump.Trouble);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(dump.File));
        string magic = await MagicAsync(dump.File);
        Assert.True(
            magic is "makedump" or "KDUMP   " || magic.StartsWith("\u007fELF", StringComparison.Ordinal), magic);
        Assert.True(new FileInfo(dump.File).Length > Bytes.Mebi, "a guest that has booted has more than that");
        Assert.Equal(["console.txt"], Directory.GetFiles(old).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_guest_that_runs_is_held_for_its_dump_and_one_that_is_late_leaves_nothing()
    {
        var signs = new SignRecorder();
        await using var life = _rig.First.NewLife();
        var machine = await RunAsync(life, SeatWithRole(), signs);
        await signs.WaitAsync(MachineSignKind.GuestReady);

        var late = await machine.DumpAsync("inc-1", TimeSpan.FromTicks(1), Cancel);
        Assert.Null(late.File);
        Assert.StartsWith("it was not complete within", late.Trouble);
        Assert.Empty(Dumps());

        Assert.NotNull((await machine.DumpAsync("inc-2", Patience, Cancel)).File);
        await signs.WaitAsync(MachineSignKind.Held);
        Assert.Equal(MachineSignKind.Held, signs.Kinds.Last(
            kind => kind is MachineSignKind.Held or MachineSignKind.Running));
        Assert.Equal("guest.dump", Path.GetFileName(Assert.Single(Dumps())));
    }

    [Fact]
    public async Task What_an_agent_that_ended_left_of_a_dump_goes_with_the_next()
    {
        string left = Path.Join(_rig.Settings.EvidenceDirectory, "vm1", "inc-1", "guest.dump.part");
        Directory.CreateDirectory(Path.GetDirectoryName(left)!);
        await File.WriteAllTextAsync(left, "half", Cancel);

        await using var life = _rig.First.NewLife();

        Assert.Empty(Dumps());
    }

    [Fact]
    public async Task A_guest_that_is_asked_shuts_down_and_its_process_ends()
    {
        var signs = new SignRecorder();
        await using var life = _rig.First.NewLife();
        var machine = await RunAsync(life, SeatWithRole(), signs);
        await signs.WaitAsync(MachineSignKind.GuestReady);

        await machine.AskShutdownAsync(TimeSpan.FromSeconds(2), Cancel);

        await signs.WaitAsync(MachineSignKind.GuestShutdown);
        await signs.WaitAsync(MachineSignKind.Exited);
        Assert.Equal(MachineSignKind.Exited, signs.Kinds[^1]);
    }

    [Fact]
    public async Task The_power_button_shuts_down_a_guest_that_the_warden_asks()
    {
        var signs = new SignRecorder();
        await using var life = _rig.First.NewLife();
        var machine = await RunAsync(life, SeatWithRole(), signs);
        await signs.WaitAsync(MachineSignKind.GuestReady);

        Assert.True(await _rig.First.Switch.AskShutdownAsync(machine.WardenSocket, Cancel));

        await signs.WaitAsync(MachineSignKind.GuestShutdown);
        await signs.WaitAsync(MachineSignKind.Exited);
    }

    [Fact]
    public async Task A_guest_with_the_QEMU_guest_agent_alone_is_ready_beats_and_shuts_down_by_it()
    {
        var signs = new SignRecorder();
        await using var life = _rig.First.NewLife();
        var machine = await RunAsync(life, SeatWith(GuestAgentKind.Qemu, "havm.agent=qemu"), signs);
        await signs.WaitAsync(MachineSignKind.GuestReady);
        await signs.WaitAsync(MachineSignKind.GuestBeat, count: 3);
        string console = Path.Join(_rig.Settings.RunDirectory, machine.Instance.Value, "console.log");

        await machine.AskShutdownAsync(TimeSpan.FromSeconds(2), Cancel);

        await signs.WaitAsync(MachineSignKind.GuestShutdown);
        await signs.WaitAsync(MachineSignKind.Exited);
        Assert.Contains("shutdown: -h -P +0", await File.ReadAllTextAsync(console, Cancel));
    }

    [Fact]
    public async Task The_next_life_of_the_agent_hears_the_QEMU_guest_agent_whatever_the_seat_says_by_then()
    {
        await using (var life = _rig.First.NewLife())
        {
            var before = new SignRecorder();
            await RunAsync(life, SeatWith(GuestAgentKind.Qemu, "havm.agent=qemu"), before);
            await before.WaitAsync(MachineSignKind.GuestReady);
        }

        var after = new SignRecorder();
        await using var next = _rig.First.NewLife();
        var found = Assert.Single((await next.FindAsync(Cancel)).Machines);
        await next.AdoptAsync(found with { Seat = SeatWithRole() }, after, Cancel);

        await after.WaitAsync(MachineSignKind.GuestReady);
    }

    [Fact]
    public async Task A_guest_without_an_agent_says_nothing_and_is_shut_down_by_its_power_button()
    {
        var signs = new SignRecorder();
        await using var life = _rig.First.NewLife();
        var machine = await RunAsync(life, SeatWith(GuestAgentKind.None, "havm.agent=none"), signs);
        string console = Path.Join(_rig.Settings.RunDirectory, machine.Instance.Value, "console.log");
        await Until.TrueAsync(
            "its init is done",
            () => File.ReadAllText(console).Contains("init: no agent", StringComparison.Ordinal));

        await machine.AskShutdownAsync(TimeSpan.FromSeconds(2), Cancel);

        await signs.WaitAsync(MachineSignKind.Exited);
        Assert.Contains(MachineSignKind.GuestShutdown, signs.Kinds);
        Assert.DoesNotContain(MachineSignKind.GuestBeat, signs.Kinds);
    }

    [Fact]
    public async Task A_guest_that_stops_feeding_the_watchdog_it_armed_is_told_and_left_as_it_is()
    {
        var signs = new SignRecorder();
        await using var life = _rig.First.NewLife();
        var seat = SeatWith(GuestAgentKind.Qemu, "havm.agent=qemu havm.watchdog=4");
        var machine = await RunAsync(
            life,
            seat with
            {
                Machine = seat.Machine with
                {
                    Memory = Bytes.MiB(160),
                    Boot = seat.Machine.Boot with
                    {
                        Kernel = OnStore("vmlinux-full"), Initrd = OnStore("initrd-full.cpio"),
                    },
                },
            },
            signs);
        await signs.WaitAsync(MachineSignKind.GuestReady);

        await TellLabPortAsync(machine, "hang");

        await signs.WaitAsync(MachineSignKind.Watchdog);
        Assert.DoesNotContain(MachineSignKind.Held, signs.Kinds);
        Assert.DoesNotContain(MachineSignKind.Exited, signs.Kinds);
    }

    [Fact]
    public async Task What_a_guest_sends_is_counted_on_its_tap()
    {
        using var inside = new NamespaceThread();
        inside.IpInside("link", "add", "br0", "type", "bridge");
        inside.IpInside("link", "set", "br0", "up");
        await inside.RunAsync(async () =>
        {
            var network = new BridgeNetwork("br0", Patience);
            await using var life = new QemuHypervisor(
                _rig.Settings, new OwnSessionSupervisor(), _rig.First.Cgroups, network);
            var seat = SeatWithRole();
            seat = seat with
            {
                Machine = seat.Machine with
                {
                    Nics = [new NicDefinition("n", "52:54:00:00:00:01", "10.0.0.2/24", null)],
                },
            };
            var signs = new SignRecorder();
            var machine = await RunAsync(life, seat, signs);
            await signs.WaitAsync(MachineSignKind.GuestReady);

            Assert.True((await machine.CountIoAsync(Cancel)).NetworkBytes > 0);

            Assert.True(await _rig.First.Cgroups.EndAsync(machine.Instance, Patience, Cancel));
            await signs.WaitAsync(MachineSignKind.Exited);
            await life.CleanAsync(machine.Instance, Cancel);
            Assert.Equal(0, network.SentBytes(machine.Instance));
        });
    }

    private string[] Dumps() => Directory.Exists(_rig.Settings.EvidenceDirectory)
        ? Directory.GetFiles(_rig.Settings.EvidenceDirectory, "guest.dump*", SearchOption.AllDirectories) : [];

    private static async Task<string> MagicAsync(string file)
    {
        byte[] head = new byte[8];
        await using var dump = File.OpenRead(file);
        await dump.ReadExactlyAsync(head, Cancel);
        return Encoding.ASCII.GetString(head);
    }

    private async Task<IMachine> RunAsync(IHypervisor life, SeatGoal seat, SignRecorder signs)
    {
        string cgroup = _rig.First.Cgroups.Make(seat.Machine.Instance);
        var machine = await life.StartHeldAsync(seat, cgroup, signs, Cancel);
        Assert.True(await _rig.First.Switch.ReleaseAsync(machine.WardenSocket, Cancel));
        return machine;
    }

    private static SeatGoal SeatWithRole()
    {
        var root = Seats.Fresh(OnStore("root.qcow2")) with { Base = OnStore("base.qcow2"), Size = Bytes.Zero };
        var seat = Seats.WithDisk("vm1", root);
        return seat with
        {
            Machine = seat.Machine with
            {
                Memory = Bytes.MiB(112),
                Boot = new BootSource
                {
                    Kernel = OnStore("vmlinux"),
                    Initrd = OnStore("initrd.cpio"),
                    Arguments = "quiet havm.lab=1",
                },
                Application = new GuestApplication { Command = ["sleep", "100000"] },
            },
        };
    }

    private static SeatGoal SeatWith(GuestAgentKind agent, string arguments)
    {
        var seat = SeatWithRole();
        return seat with
        {
            Machine = seat.Machine with
            {
                GuestAgent = agent,
                Application = null,
                Boot = seat.Machine.Boot with { Arguments = $"quiet havm.lab=1 {arguments}" },
            },
        };
    }

    private static FileOnDatastore OnStore(string path) => new(IHypervisorRig.Store, path);

    private async Task TellLabPortAsync(IMachine machine, string verb)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string path = Path.Join(_rig.Settings.RunDirectory, machine.Instance.Value, "lab.sock");
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), Cancel);
        await socket.SendAsync(Encoding.ASCII.GetBytes(verb + "\n"), SocketFlags.None, Cancel);

        // QEMU has the bytes once the socket is closed in order; the guest reads them when it looks next.
        socket.Shutdown(SocketShutdown.Send);
        await socket.ReceiveAsync(new byte[1], SocketFlags.None, Cancel).AsTask().WaitAsync(Patience, Cancel)
            .ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
