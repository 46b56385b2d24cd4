using System.Diagnostics;
using System.Net.Sockets;
using Havm.Lab.Ground;
using Havm.Lab.Observing;
using Havm.Lab.Tools;
using Havm.Wire.Guest;

namespace Havm.Bench;

/// <summary>
/// The floor: the very command line of a guest that runs in the lab, started by hand with its own copy of the disk and
/// nothing of Havm around it, up to the same message of the same guest agent. It has no network card, which the lab's
/// guest has.
/// </summary>
internal static class FloorGuest
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Seconds from exec to `ready`.</summary>
    public static async Task<double> BootAsync(LabPlan plan, string instance, CancellationToken cancel)
    {
        var running = QemuProcessTable.Read(plan).First(q => q.Instance == instance);
        var home = Path.Combine(plan.Directory, "floor");
        Directory.CreateDirectory(home);
        try
        {
            var line = await CommandAsync(plan, running, home, cancel);
            var clock = Stopwatch.StartNew();
            using var qemu = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true })!;
            try
            {
                await ReadyAsync(Path.Combine(home, "guest.sock"), clock, cancel);
                return clock.Elapsed.TotalSeconds;
            }
            finally
            {
                qemu.Kill();
                await qemu.WaitForExitAsync(cancel);
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task<List<string>> CommandAsync(
        LabPlan plan, QemuProcess running, string home, CancellationToken cancel)
    {
        var words = (await File.ReadAllTextAsync($"/proc/{running.Pid}/cmdline", cancel)).TrimEnd('\0').Split('\0');
        var overlay = Path.Combine(home, "root.qcow2");
        var seen = plan.Paths.NodeDatastore(running.Node);
        var line = new List<string>();
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] is "-S" || words[i] is "-netdev"
                || (words[i] is "-device" && words[i + 1].StartsWith("virtio-net", StringComparison.Ordinal)))
            {
                i += words[i] is "-S" ? 0 : 1;
                continue;
            }

            var word = words[i]
                .Replace($"{seen}/instances/{running.Instance}/root.qcow2", overlay, StringComparison.Ordinal)
                .Replace(seen, plan.Paths.Datastore, StringComparison.Ordinal)
                .Replace($"{plan.Paths.Instances(running.Node)}/{running.Instance}", home, StringComparison.Ordinal);
            line.Add(word);
        }

        await MakeOverlayAsync(Path.Combine(plan.Paths.Datastore, "images/base.qcow2"), overlay, cancel);
        return line;
    }

    private static async Task MakeOverlayAsync(string basis, string overlay, CancellationToken cancel)
    {
        using var make = Process.Start(new ProcessStartInfo(
            "qemu-img", ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", basis, overlay]))!;
        await make.WaitForExitAsync(cancel);
        if (make.ExitCode != 0)
        {
            throw new LabFailure($"qemu-img cannot make {overlay} over {basis}");
        }
    }

    private static async Task ReadyAsync(string path, Stopwatch clock, CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        while (!await TryConnectAsync(socket, path, cancel))
        {
            if (clock.Elapsed > Limit)
            {
                throw new LabFailure($"the floor's guest port {path} never came");
            }

            await Task.Delay(5, cancel);
        }

        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(GuestLine.Encode(Shop.Configure), cancel);
        var reader = new GuestLineReader(stream);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(Limit);
        while (await reader.ReadAsync(late.Token) is { } line)
        {
            if (line is GuestLine.Message { Value: HelloMessage })
            {
                // A host that connected before the agent did says it again, as the host agent does.
                await stream.WriteAsync(GuestLine.Encode(Shop.Configure), cancel);
            }

            if (line is GuestLine.Message { Value: ReadyMessage })
            {
                return;
            }
        }

        throw new LabFailure("the floor's guest closed its port before it was ready");
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

    /// <summary>What the lab's web role is configured with (examples/shop.yaml).</summary>
    private static class Shop
    {
        public static readonly ConfigureMessage Configure = new(
            "shop-web-0", 1,
            new RoleSpec("shop-web-0", ["/srv/bin/web"], null,
                new ProbeSpec(
                    ProbeKind.Http, 80, "/healthz",
                    Period: TimeSpan.FromSeconds(1), Timeout: TimeSpan.FromSeconds(2), Misses: 3)),
            TimeSpan.FromSeconds(1));
    }
}
