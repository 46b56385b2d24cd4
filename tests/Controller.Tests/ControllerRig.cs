using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Havm.Controller.Tests;

/// <summary>What a process said and how it ended.</summary>
internal sealed record Ended(int Exit, string Output, string Error);

/// <summary>Directories for one controller, and the real processes run on them.</summary>
internal sealed class ControllerRig : IAsyncDisposable
{
    private readonly List<Process> _processes = [];

    public ControllerRig(string? state = null)
    {
        Home = Directory.CreateTempSubdirectory("havm-ctl-").FullName;
        State = state ?? Path.Join(Home, "state");
        Directory.CreateDirectory(State);
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Port = ((IPEndPoint)free.LocalEndpoint).Port;
    }

    public string Home { get; }

    public string State { get; }

    /// <summary>Where nodes would connect; free a moment ago.</summary>
    public int Port { get; set; }

    public string Database => Path.Join(State, "havm.db");

    private string Socket => Path.Join(Home, "run", "havm.sock");

    /// <summary>Starts a controller and waits until it answers.</summary>
    public async Task<Process> StartAsync()
    {
        var process = Run(Program("Controller", "havm-controller"), "--config", Write(Configuration()));
        await Until.TrueAsync("the controller answers", () =>
        {
            Assert.False(process.HasExited, "the controller ended");
            return File.Exists(Socket) && HavmAsync("get", "Rack").GetAwaiter().GetResult().Exit == 0;
        });
        return process;
    }

    /// <summary>Runs a controller that is expected not to start.</summary>
    public Task<Ended> TryStartAsync(string? configuration = null) =>
        EndAsync(Run(Program("Controller", "havm-controller"), "--config", Write(configuration ?? Configuration())));

    /// <summary>The shell command, against this controller.</summary>
    public Task<Ended> HavmAsync(params string[] words) => EndAsync(Run(Program("Cli", "havm"), words));

    /// <summary>The names of all racks, in order.</summary>
    public async Task<IReadOnlyList<string>> RacksAsync()
    {
        using var list = JsonDocument.Parse((await HavmAsync("get", "Rack", "-o", "json")).Output);
        return [.. list.RootElement.GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("metadata").GetProperty("name").GetString()!).Order()];
    }

    public string Write(string text, [CallerArgumentExpression(nameof(text))] string name = "")
    {
        var file = Path.Join(Home, $"{string.Concat(name.Where(char.IsLetter))}.txt");
        File.WriteAllText(file, text);
        return file;
    }

    public string Configuration() => JsonSerializer.Serialize(new
    {
        cluster = "test", listen = $"http://127.0.0.1:{Port}", stateDir = State, runDir = Path.Join(Home, "run"),
    });

    public static async Task<Ended> EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(limit.Token);
        return new Ended(process.ExitCode, await output, await error);
    }

    /// <summary>Ends all that was started, at once and without a word.</summary>
    public void KillAll() => _processes.ForEach(process =>
    {
        process.Kill();
        process.WaitForExit();
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(Home, recursive: true);
    }

    /// <summary>A program where the build has put it.</summary>
    private static string Program(string project, string name) =>
        Path.GetFullPath(Path.Join(AppContext.BaseDirectory, "..", "..", project, "release", name));

    private Process Run(string program, params string[] words)
    {
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["HAVM_SOCKET"] = Socket;
        var process = Process.Start(start)!;
        _processes.Add(process);
        return process;
    }
}

/// <summary>A small file system in memory, to be filled.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk()
    {
        Assert.SkipUnless(Environment.UserName == "root", "file systems can be mounted by root alone");
        Directory = System.IO.Directory.CreateTempSubdirectory("havm-disk-").FullName;
        Mount("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", Directory);
    }

    public string Directory { get; }

    /// <summary>Leaves not a byte.</summary>
    public void Fill()
    {
        using var filler = File.Create(Path.Join(Directory, "filler"), 1);
        try
        {
            while (true)
            {
                filler.Write(new byte[512]);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(Path.Join(Directory, "filler"));

    public void Dispose()
    {
        Mount("umount", Directory);
        System.IO.Directory.Delete(Directory);
    }

    private static void Mount(string program, params string[] words)
    {
        using var process = Process.Start(program, words);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
