using System.Diagnostics;
using System.Net.Sockets;
using Havm.Wire.Guest;

namespace Havm.GuestAgent.Tests;

/// <summary>
/// The real agent as a process, with a unix socket in the place of the virtio-serial port and this test in the place
/// of the host agent.
/// </summary>
internal sealed class AgentUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Process _process;
    private NetworkStream? _stream;
    private GuestLineReader? _reader;

    public AgentUnderTest(params string[] more)
    {
        Folder = Directory.CreateTempSubdirectory("havm-guest-").FullName;
        string port = Path.Combine(Folder, "port");
        _listener.Bind(new UnixDomainSocketEndPoint(port));
        _listener.Listen();
        var start = new ProcessStartInfo(Program)
        {
            ArgumentList = { "--port", port, "--state", State, "--power-off", PowerOffProgram() },
        };
        foreach (string word in more)
        {
            start.ArgumentList.Add(word);
        }

        _process = Process.Start(start)!;
    }

    /// <summary>The agent's program beside this test's.</summary>
    public static string Program => Path.Combine(AppContext.BaseDirectory, "havm-guest-agent");

    /// <summary>A folder of this test's own.</summary>
    public string Folder { get; }

    public string State => Path.Combine(Folder, "role");

    /// <summary>Exists once the agent has powered "the guest" off.</summary>
    public string PoweredOff => Path.Combine(Folder, "powered-off");

    public async Task Accept()
    {
        using var patience = new CancellationTokenSource(Patience);
        _stream = new NetworkStream(await _listener.AcceptAsync(patience.Token), ownsSocket: true);
        _reader = new GuestLineReader(_stream);
    }

    public void HangUp() => _stream!.Dispose();

    public async Task Send(GuestMessage message) => await _stream!.WriteAsync(GuestLine.Encode(message));

    /// <summary>The messages up to and including the first that fits.</summary>
    public async Task<IReadOnlyList<GuestMessage>> Until(Predicate<GuestMessage> fits)
    {
        using var patience = new CancellationTokenSource(Patience);
        var heard = new List<GuestMessage>();
        while (heard.Count == 0 || !fits(heard[^1]))
        {
            GuestLine? line = await _reader!.ReadAsync(patience.Token);
            heard.Add(Assert.IsType<GuestLine.Message>(line).Value);
        }

        return heard;
    }

    public Task<IReadOnlyList<GuestMessage>> UntilRole(Predicate<RoleReport> fits) =>
        Until(message => message is RoleStateMessage state && fits(state.Role));

    public int RoleProcess => int.Parse(File.ReadAllText(State).Split(' ')[0]);

    public async Task<int> End()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>Ends the agent without warning.</summary>
    public void Crash() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        if (File.Exists(State))
        {
            using var role = Process.GetProcessById(RoleProcess);
            role.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        _stream?.Dispose();
        _listener.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private string PowerOffProgram()
    {
        string program = Path.Combine(Folder, "power-off");
        File.WriteAllText(program, $"#!/bin/sh\n: >'{PoweredOff}'\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return program;
    }
}
