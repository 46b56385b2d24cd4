using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Havm.Hypervisor.Qemu.Cgroups;
using Havm.Model;
using Havm.Wire.Node;

namespace Havm.Host.Tests;

/// <summary>
/// One node: a directory, a cgroup of its own, a played controller and watchdog, and the real processes. Lease terms
/// are a tenth of the default, so that no test waits for the real ones.
/// </summary>
internal sealed class NodeRig : IAsyncDisposable
{
    private static int _count;

    private readonly List<Process> _processes = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Socket _watchdog;

    private NodeRig(PlayedController controller, string directory, string cgroup)
    {
        Controller = controller;
        Home = directory;
        Cgroup = cgroup;
        Cgroups = new MachineCgroups($"{cgroup}/vms");
        _watchdog = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        _watchdog.Bind(new UnixDomainSocketEndPoint($"{directory}/run/watchdog.sock"));
        _ = HearWatchdogAsync();
    }

    public PlayedController Controller { get; }

    public string Home { get; }

    public string Cgroup { get; }

    public MachineCgroups Cgroups { get; }

    public string GateSocket => $"{Home}/run/warden.sock";

    /// <summary>Words the watchdog heard, newest last.</summary>
    public List<string> WatchdogWords { get; } = [];

    public static bool IsRoot => Environment.UserName == "root";

    public static async Task<NodeRig> MakeAsync()
    {
        Assert.SkipUnless(IsRoot, "cgroups can be made by root alone");
        string name = $"{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        string directory = $"{Path.GetTempPath()}hht-{name}";
        Directory.CreateDirectory($"{directory}/run");
        Directory.CreateDirectory($"{directory}/datastore");
        File.WriteAllText($"{directory}/boot_id", "boot-1\n");
        string cgroup = $"{CgroupMount.Find()}/havm-hosttest-{name}";
        Directory.CreateDirectory(cgroup);
        var rig = new NodeRig(await PlayedController.StartAsync(CancellationToken.None), directory, cgroup);
        rig.WriteConfig(_ => { });
        return rig;
    }

    /// <summary>
    /// What is set up by a helper is torn down by it when that fails, with the processes' last words.
    /// </summary>
    public async Task<T> OrTornDownAsync<T>(Func<Task<T>> setUp)
    {
        try
        {
            return await setUp();
        }
        catch
        {
            TestContext.Current.SendDiagnosticMessage("{0}", Log("havm-warden.log") + Log("havm-agent.log"));
            await DisposeAsync();
            throw;
        }
    }

    public void WriteConfig(Action<JsonObject> change)
    {
        var config = new JsonObject
        {
            ["cluster"] = "test",
            ["node"] = "n1",
            ["rack"] = "r1",
            ["bootIdFile"] = $"{Home}/boot_id",
            ["controllers"] = new JsonArray($"http://127.0.0.1:{Controller.Port}"),
            ["datagramPort"] = Controller.Port + 1,
            ["stateDir"] = Home,
            ["runDir"] = $"{Home}/run",
            ["datastores"] = new JsonObject { ["shared"] = $"{Home}/datastore" },
            ["cgroup"] = Cgroup,
            ["watchdog"] = new JsonObject { ["path"] = $"{Home}/run/watchdog.sock", ["timeoutSeconds"] = 5 },
            ["accelerator"] = "tcg",
            ["translationCacheMiB"] = 16,
            ["guestBeatSeconds"] = 1,
            ["lease"] = new JsonObject
            {
                ["heartbeat"] = "00:00:00.2", ["failover"] = "00:00:00", ["reconnect"] = "00:00:00",
                ["begin"] = "00:00:01.5", ["killPowerOff"] = "00:00:02.5", ["killStop"] = "00:00:03",
                ["killPause"] = "00:00:30",
            },
        };
        change(config);
        File.WriteAllText($"{Home}/node.json", config.ToJsonString());
    }

    /// <summary>What processes started from now on tell their service manager; null: they have none.</summary>
    public string? NotifySocket { get; set; }

    public Process StartWarden() => Start("Warden", "havm-warden");

    /// <summary>`havm-warden depart` with these words; its output is in depart.log.</summary>
    public Process StartDepart(params string[] words) => Run(
        Executable("Warden", "havm-warden"), ["depart", "--config", $"{Home}/node.json", .. words], "depart.log");

    public Process StartAgent() => Start("HostAgent", "havm-agent");

    /// <summary>A process in the instance's cgroup, as a machine would be.</summary>
    public Process StartSleep(string instance)
    {
        string cgroup = Cgroups.Make(new(instance));
        return Run("/bin/sh", ["-c", $"echo 0 > {cgroup}/cgroup.procs; exec sleep 1000"], "sleep.log");
    }

    public bool IsAlive(string instance) => Cgroups.Populated().ContainsKey(new(instance));

    public async Task<GateAnswer> AskAsync(GateRequest request) => JsonSerializer.Deserialize(
        await SayAsync(JsonSerializer.Serialize(request, GateJson.Default.GateRequest)), GateJson.Default.GateAnswer)!;

    public Task<GateAnswer> AskAsync(
        GateVerb verb, string? instance = null, long generation = 0, IsolationPolicy policy = default) =>
        AskAsync(new GateRequest
        {
            Verb = verb,
            Instance = instance is null ? null : new(instance),
            Generation = new(generation),
            Isolation = policy,
        });

    /// <summary>Says one line at the gate and returns the answer's line.</summary>
    public async Task<string> SayAsync(string line)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(GateSocket));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)) ?? "";
    }

    /// <summary>Waits until the warden answers and its lease is fresh.</summary>
    public async Task LeasedAsync()
    {
        await Until.TrueAsync("the gate answers", () => File.Exists(GateSocket));
        GateAnswer? answer = null;
        await Until.TrueAsync("the lease is fresh", () =>
        {
            answer = TryStatus();
            return answer?.LeaseAge < TimeSpan.FromSeconds(1);
        });
    }

    public string Log(string file) => File.Exists($"{Home}/{file}") ? File.ReadAllText($"{Home}/{file}") : "";

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            TestContext.Current.SendDiagnosticMessage("{0}", Log("havm-warden.log") + Log("havm-agent.log"));
        }

        await _end.CancelAsync();
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }

        foreach (var instance in Cgroups.Populated().Keys)
        {
            await Cgroups.EndAsync(instance, TimeSpan.FromSeconds(5), CancellationToken.None);
        }

        foreach (string inner in Directory.GetDirectories(Cgroup, "*", SearchOption.AllDirectories)
            .OrderByDescending(path => path.Length))
        {
            Directory.Delete(inner);
        }

        Directory.Delete(Cgroup);
        _watchdog.Dispose();
        _end.Dispose();
        await Controller.DisposeAsync();
        Directory.Delete(Home, recursive: true);
    }

    private GateAnswer? TryStatus()
    {
        try
        {
            return AskAsync(GateVerb.Status).GetAwaiter().GetResult();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private Process Start(string project, string program) =>
        Run(Executable(project, program), ["--config", $"{Home}/node.json"], program + ".log");

    private static string Executable(string project, string program) =>
        Path.GetFullPath($"{AppContext.BaseDirectory}/../../{project}/release/{program}");

    private Process Run(string program, string[] arguments, string log)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.StartInfo.Environment["NOTIFY_SOCKET"] = NotifySocket;
        var to = Path.Join(Home, log);
        process.OutputDataReceived += (_, line) => Append(to, line.Data);
        process.ErrorDataReceived += (_, line) => Append(to, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
        return process;
    }

    private void Append(string file, string? line)
    {
        lock (_processes)
        {
            if (line is not null && Directory.Exists(Home))
            {
                File.AppendAllText(file, line + "\n");
            }
        }
    }

    private async Task HearWatchdogAsync()
    {
        var buffer = new byte[64];
        try
        {
            while (true)
            {
                int read = await _watchdog.ReceiveAsync(buffer, SocketFlags.None, _end.Token);
                lock (WatchdogWords)
                {
                    WatchdogWords.Add(Encoding.ASCII.GetString(buffer, 0, read));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The rig is being taken down.
        }
    }
}
