using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Havm.Guest.Host;
using Havm.Hypervisor.Qemu;
using Havm.Lab.Ground;
using Havm.Lab.Observing;
using Havm.Lab.Tools;
using Havm.Model;
using Havm.Wire.Guest;

namespace Havm.Bench;

/// <summary>
/// The floor: the very command line of a guest that has just been recovered, run by hand with nothing of Havm around
/// it, up to the same message. Same devices with disks and network card of its own, same node's mounts and bridge, same
/// role and probe, and it alone boots, as the measured one did. Disks and tap are ready before the clock starts.
/// </summary>
internal sealed partial class FloorGuest
{
    private const string Name = "floor";
    private const string Tap = "floor0";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ConnectPause = TimeSpan.FromMilliseconds(5);

    private readonly LabPlan _plan;
    private readonly QemuProcess _measured;
    private readonly string _home;
    private readonly string _disks;
    private readonly ConfigureMessage _configure;

    private FloorGuest(LabPlan plan, QemuProcess measured)
    {
        _plan = plan;
        _measured = measured;
        _home = Path.Combine(plan.Directory, Name);
        _disks = Path.Combine(plan.Paths.Datastore, Name);
        var files = MachineFiles.Of(plan.Paths.Instances(measured.Node), new InstanceName(measured.Instance));
        _configure = GuestConfiguration.For(
            files.ReadSeat() ?? throw new LabFailure($"{files.SeatFile} cannot be read"),
            TimeSpan.FromSeconds(NodeConfig.BeatSeconds));
    }

    /// <summary>Seconds from exec to `ready`.</summary>
    /// <param name="instance">The guest to be like; it runs in the lab.</param>
    public static async Task<double> BootAsync(LabPlan plan, string instance, CancellationToken cancel)
    {
        var floor = new FloorGuest(plan, QemuProcessTable.Read(plan).First(q => q.Instance == instance));
        try
        {
            await floor.PrepareAsync();
            return await floor.RunAsync(cancel);
        }
        finally
        {
            await floor.ClearAsync();
        }
    }

    private string Seen => _plan.Paths.NodeDatastore(_measured.Node);

    /// <summary>A word of a command that is to run where the measured guest runs: same mounts, same network.</summary>
    private IEnumerable<string> Beside(IEnumerable<string> command) =>
        ["nsenter", "--target", _measured.Pid.ToString(CultureInfo.InvariantCulture), "--mount", "--net", .. command];

    private async Task PrepareAsync()
    {
        Directory.CreateDirectory(_home);
        Directory.CreateDirectory(_disks);
        foreach (var disk in Directory.GetFiles(Path.Combine(_plan.Paths.Datastore, "instances", _measured.Instance)))
        {
            // A disk that is kept is copied with what is on it; the other is an empty overlay at each start.
            var copy = Path.Combine(_disks, Path.GetFileName(disk));
            if (Path.GetFileName(disk) == "root.qcow2")
            {
                var basis = Path.Combine(_plan.Paths.Images, "base.qcow2");
                await Tool.RunAsync("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", basis, copy]);
            }
            else
            {
                File.Copy(disk, copy, overwrite: true);
            }
        }

        await InNetworkAsync($"tuntap add dev {Tap} mode tap\nlink set dev {Tap} master br0 up\n");
    }

    private Task InNetworkAsync(string lines)
    {
        var command = Beside(["ip", "-force", "-batch", "-"]).ToList();
        return Tool.RunAsync(command[0], command[1..], lines);
    }

    private async Task<double> RunAsync(CancellationToken cancel)
    {
        var line = Beside(Command()).ToList();
        var clock = Stopwatch.StartNew();
        using var qemu = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true })!;
        try
        {
            await ReadyAsync(qemu, clock, cancel);
            return clock.Elapsed.TotalSeconds;
        }
        finally
        {
            qemu.Kill();
            await qemu.WaitForExitAsync(cancel);
        }
    }

    /// <summary>The measured guest's own words but for what two guests cannot share.</summary>
    private List<string> Command()
    {
        var words = File.ReadAllText($"/proc/{_measured.Pid}/cmdline").TrimEnd('\0').Split('\0');
        var instance = _measured.Instance;
        return
        [
            .. words.Where(word => word != "-S").Select(word => TapShape().Replace(
                word.Replace($"guest={instance},", $"guest={Name},", StringComparison.Ordinal)
                    .Replace($"{Seen}/instances/{instance}/", $"{Seen}/{Name}/", StringComparison.Ordinal)
                    .Replace(
                        $"{_plan.Paths.Instances(_measured.Node)}/{instance}", _home, StringComparison.Ordinal)
                    .Replace("mac=52:54:", "mac=52:56:", StringComparison.Ordinal),
                $"ifname={Tap},"))
                .Select(word => AddressShape().Replace(word, "$1.250/")),
        ];
    }

    private async Task ReadyAsync(Process qemu, Stopwatch clock, CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        while (!await TryConnectAsync(socket, Path.Combine(_home, "guest.sock"), cancel))
        {
            if (clock.Elapsed > Limit || qemu.HasExited)
            {
                throw new LabFailure($"the floor's guest port never came: {await SaidAsync(qemu, cancel)}");
            }

            await Task.Delay(ConnectPause, cancel);
        }

        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(GuestLine.Encode(_configure), cancel);
        var reader = new GuestLineReader(stream);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(Limit);
        while (await reader.ReadAsync(late.Token) is { } line)
        {
            if (line is GuestLine.Message { Value: HelloMessage hello } && hello.Generation != _configure.Generation)
            {
                // A host that connected before the guest's agent did says it again, as the host agent does.
                await stream.WriteAsync(GuestLine.Encode(_configure), cancel);
            }

            if (line is GuestLine.Message { Value: ReadyMessage })
            {
                return;
            }
        }

        throw new LabFailure($"the floor's guest closed its port before it was ready: {await SaidAsync(qemu, cancel)}");
    }

    private static async Task<string> SaidAsync(Process qemu, CancellationToken cancel) =>
        qemu.HasExited ? (await qemu.StandardError.ReadToEndAsync(cancel)).Trim() : "it still runs";

    private async Task ClearAsync()
    {
        Directory.Delete(_home, recursive: true);
        Directory.Delete(_disks, recursive: true);
        await InNetworkAsync($"link del dev {Tap}\n");
    }

    private static async Task<bool> TryConnectAsync(Socket socket, string path, CancellationToken cancel)
    {
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [GeneratedRegex("ifname=[^,]*,", RegexOptions.CultureInvariant)]
    private static partial Regex TapShape();

    [GeneratedRegex(@"(havm\.ip=\d+\.\d+\.\d+)\.\d+/", RegexOptions.CultureInvariant)]
    private static partial Regex AddressShape();
}
