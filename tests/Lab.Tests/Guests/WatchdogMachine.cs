using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Guests;

/// <summary>
/// A machine with a watchdog, emulated: the lab guest's full kernel, and on its disk the .NET runtime of these tests
/// and the warden as it is built.
/// </summary>
internal sealed class WatchdogMachine : IDisposable
{
    private const string Says = "last-hop: ";

    /// <summary>Seconds unfed until it bites: SAFETY's w.</summary>
    private const int Timeout = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>What a .NET program is linked to besides what it brings.</summary>
    private static readonly string[] Libraries =
        ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libgcc_s.so.1", "libstdc++.so.6"];

    private readonly string _root = Directory.CreateTempSubdirectory("havm-hop-").FullName;

    /// <summary>What its script said, in order.</summary>
    public IReadOnlyList<string> Told =>
    [
        .. (LabFiles.ReadText(Console) ?? "").Split('\n').Select(line => line.TrimEnd('\r'))
            .Where(line => line.StartsWith(Says, StringComparison.Ordinal)).Select(line => line[Says.Length..]),
    ];

    private string Console => $"{_root}/console.log";

    /// <summary>Runs until QEMU has ended; the lines of its monitor.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancel)
    {
        MakeDisk();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        using var qemu = Process.Start("qemu-system-x86_64", Arguments());
        var heard = new ConcurrentQueue<string>();
        try
        {
            await ListenAsync(qemu, heard, limit.Token);
            await qemu.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            Assert.Fail($"it was not reset within {Patience}:\n{LabFiles.ReadText(Console)}");
        }
        finally
        {
            if (!qemu.HasExited)
            {
                qemu.Kill();
                await qemu.WaitForExitAsync(CancellationToken.None);
            }
        }

        return [.. heard];
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>
    /// Its time is the instructions that it has carried out, and passes at once while it idles: however long an
    /// emulator waits for a CPU, its warden is never late for that.
    /// </summary>
    private string[] Arguments() =>
    [
        "-icount", "shift=0,sleep=off",
        "-machine", "q35", "-accel", "tcg", "-cpu", "max", "-m", "640M", "-nodefaults", "-display", "none",
        "-no-reboot", "-action", "watchdog=reset", "-device", "i6300esb",
        "-kernel", $"{GuestImage.Directory}/vmlinux-full", "-initrd", $"{GuestImage.Directory}/initrd-full.cpio",
        "-append", "quiet no_timer_check panic=1 console=ttyS0 havm.agent=none havm.run=/srv/start",
        "-blockdev", $"driver=file,node-name=srv,filename={_root}/srv.raw", "-device", "virtio-blk-pci,drive=srv",
        "-chardev", $"file,id=console,path={Console}", "-serial", "chardev:console",
        "-qmp", $"unix:{_root}/qmp.sock,server=on,wait=off",
    ];

    private async Task ListenAsync(Process qemu, ConcurrentQueue<string> heard, CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        while (!File.Exists($"{_root}/qmp.sock"))
        {
            Assert.False(qemu.HasExited, "QEMU ended at once");
            await Task.Delay(20, cancel);
        }

        await socket.ConnectAsync(new UnixDomainSocketEndPoint($"{_root}/qmp.sock"), cancel);
        using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("{\"execute\": \"qmp_capabilities\"}\n"), cancel);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            heard.Enqueue(line);
        }
    }

    private void MakeDisk()
    {
        string disk = $"{_root}/disk";
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string dotnet = Path.GetFullPath(Path.Join(runtime, "../../.."));
        string version = Path.GetFileName(runtime);
        Copy(runtime, $"{disk}/dotnet/shared/Microsoft.NETCore.App/{version}");
        Copy($"{dotnet}/host/fxr/{version}", $"{disk}/dotnet/host/fxr/{version}");
        File.Copy($"{dotnet}/dotnet", $"{disk}/dotnet/dotnet");
        Copy(
            Path.GetFullPath(Path.Join(AppContext.BaseDirectory, "../../Warden", Configuration)), $"{disk}/warden");
        Directory.CreateDirectory($"{disk}/lib");
        foreach (string library in Libraries)
        {
            File.Copy($"/lib/x86_64-linux-gnu/{library}", $"{disk}/lib/{library}");
        }

        File.Copy("/lib64/ld-linux-x86-64.so.2", $"{disk}/lib/ld-linux-x86-64.so.2");
        File.WriteAllText($"{disk}/node.json", Node);
        File.WriteAllText($"{disk}/start", Script);
        File.SetUnixFileMode($"{disk}/start", (UnixFileMode)0x1ED);
        Run("mke2fs", "-q", "-F", "-t", "ext4", "-L", "havm-srv", "-m", "0", "-d", disk, $"{_root}/srv.raw", "192M");
        Directory.Delete(disk, recursive: true);
    }

    /// <summary>Of this build: Release or Debug.</summary>
    private static string Configuration =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>Nobody answers it as a controller: a machine on which nothing runs is fed all the same.</summary>
    private static string Node => $$"""
        {
          "cluster": "lab", "node": "n1", "rack": "r1", "controllers": ["127.0.0.1:7070"],
          "stateDir": "/run/havm/state", "runDir": "/run/havm/run", "cgroup": "/sys/fs/cgroup/havm",
          "watchdog": {"path": "/dev/watchdog", "timeoutSeconds": {{Timeout}}}
        }
        """;

    /// <summary>The kernel says whether it is armed; armed for longer than its time and no bite, it is fed.</summary>
    private static string Script => $$"""
        #!/bin/sh
        mkdir -p /lib64 /run/havm/state /run/havm/run
        ln -s /srv/lib/ld-linux-x86-64.so.2 /lib64/
        mount -t cgroup2 none /sys/fs/cgroup && mkdir /sys/fs/cgroup/havm
        export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 HOME=/run
        state() { cat /sys/class/watchdog/watchdog0/state; }
        now() { cut -d. -f1 /proc/uptime; }
        begin() {
            LD_LIBRARY_PATH=/srv/lib /srv/dotnet/dotnet /srv/warden/havm-warden.dll --config /srv/node.json &
            warden=$!
            until [ "$(state)" = active ]; do
                kill -0 "$warden" || { echo "{{Says}}the warden has ended"; poweroff -f; }
                usleep 100000
            done
        }

        echo "{{Says}}$(state)"
        begin
        armed=$(now)
        echo "{{Says}}armed"
        until [ "$(($(now) - armed))" -gt {{Timeout + 3}} ]; do sleep 1; done
        echo "{{Says}}fed"
        kill -TERM "$warden"
        wait "$warden"
        [ "$(state)" = inactive ] && echo "{{Says}}released"
        begin
        echo "{{Says}}armed again"
        kill -STOP "$warden"
        echo "{{Says}}frozen"
        """;

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Join(to, Path.GetFileName(file)));
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
