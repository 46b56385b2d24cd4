using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Havm.Guest.Host;
using Havm.Hypervisor.Qemu.Accelerator;
using Havm.Hypervisor.Qemu.Cgroups;
using Havm.Hypervisor.Qemu.Processes;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Runtime.Processes;
using Havm.Wire.Guest;

namespace Havm.Hypervisor.Qemu;

/// <summary>
/// Goes the way of a machine's start once, with no machine: the files, a tool, and a monitor that is played here. A
/// node that takes over from a dead one mostly starts its first machine then, and the runtime would compile half of
/// that way while people wait. What fails here is of no consequence: the same step tells its trouble when it counts.
/// </summary>
/// <param name="directory">A directory of its own; made and removed.</param>
public sealed class Rehearsal(string directory)
{
    private const string Store = "rehearsal";
    private const long DiskBytes = 1 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>What a warden does at a release. True when it went through.</summary>
    public Task<bool> ReleaseAsync(CancellationToken cancel) => TryAsync(() => ReleaseHeldAsync(cancel));

    /// <summary>
    /// What an agent does at a start, with a program in QEMU's place that ends at once. True when it came that far.
    /// </summary>
    public Task<bool> StartAsync(CancellationToken cancel) => TryAsync(async () =>
    {
        var seat = new SeatGoal
        {
            Machine = Machine(), Generation = new Generation(1), Wanted = WantedState.Stopped,
        };
        string cgroup = Path.Join(directory, "cgroup");
        Directory.CreateDirectory(cgroup);
        var settings = new QemuSettings
        {
            RunDirectory = Path.Join(directory, "vm"),
            EvidenceDirectory = Path.Join(directory, "evidence"),
            Datastores = new Dictionary<string, string> { [Store] = directory },
            Accelerator = AcceleratorKind.Tcg,
            QemuProgram = "true",
        };
        _ = GuestLine.Encode(GuestConfiguration.For(seat, Timeout));
        await ShortCommand.RunAsync(settings.QemuProgram, [], "", Timeout, cancel);
        await using var hypervisor = new QemuHypervisor(
            settings, new OwnSessionSupervisor(), new MachineCgroups(Path.Join(directory, "cgroups")), new NoCards());
        try
        {
            await hypervisor.StartHeldAsync(seat, cgroup, new Deaf(), cancel);
            return false;
        }
        catch (MachineException e) when (e.Trouble == MachineTrouble.ProcessFailed)
        {
            return await ReleaseHeldAsync(cancel);
        }
    });

    private static MachineDefinition Machine() => new()
    {
        Instance = new InstanceName("rehearsal"),
        Vcpus = 1,
        Memory = Bytes.MiB(1),
        Boot = new BootSource(),
        Disks =
        [
            new DiskDefinition
            {
                Name = "disk", File = new FileOnDatastore(Store, "disk"), Life = DiskLife.Fresh,
                Size = new Bytes(DiskBytes),
            },
        ],
    };

    private async Task<bool> TryAsync(Func<Task<bool>> play)
    {
        try
        {
            Directory.CreateDirectory(directory);
            try
            {
                return await play();
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException
            or OperationCanceledException or MachineException)
        {
            return false;
        }
    }

    private async Task<bool> ReleaseHeldAsync(CancellationToken cancel)
    {
        string path = Path.Join(directory, "qmp.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var played = PlayAsync(listener, cancel);
        bool released = await new QmpVcpuSwitch(Timeout).ReleaseAsync(path, cancel);
        await played;
        return released;
    }

    /// <summary>A held machine's monitor: it runs once it was told `cont`.</summary>
    private static async Task PlayAsync(Socket listener, CancellationToken cancel)
    {
        using var caller = await listener.AcceptAsync(cancel);
        await using var stream = new NetworkStream(caller);
        await stream.WriteAsync("{\"QMP\": {}}\n"u8.ToArray(), cancel);
        using var reader = new StreamReader(stream);
        string status = "prelaunch";
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            using var asked = JsonDocument.Parse(line);
            string? verb = asked.RootElement.GetProperty("execute").GetString();
            status = verb == "cont" ? "running" : status;
            string answer = $$"""{"return": {"status": "{{status}}"}, "id": {{asked.RootElement.GetProperty("id")}}}""";
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\n"), cancel);
        }
    }

    private sealed class NoCards : IHostNetwork
    {
        public Task<string> MakeTapAsync(InstanceName instance, int card, CancellationToken cancel) =>
            Task.FromException<string>(new NotSupportedException("a rehearsal has no cards"));

        public Task RemoveTapsAsync(InstanceName instance, CancellationToken cancel) => Task.CompletedTask;

        public long SentBytes(InstanceName instance) => 0;
    }

    private sealed class Deaf : IMachineSink
    {
        public void Happened(InstanceName instance, Generation generation, MachineSign sign)
        {
        }
    }
}
