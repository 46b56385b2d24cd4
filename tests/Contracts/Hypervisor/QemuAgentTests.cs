using System.Diagnostics;
using Havm.Hypervisor.Qemu.Guest;
using Havm.Model;

namespace Havm.Contracts.Hypervisor;

/// <summary>The QEMU guest agent as Debian ships it, run beside its port on this machine and in no guest.</summary>
public sealed class QemuAgentTests : IAsyncLifetime
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("hvqga-").FullName;
    private readonly SignRecorder _signs = new();
    private Process? _agent;
    private QemuAgentPort? _port;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Socket => Path.Join(_directory, "qga.sock");

    private QemuAgentPort Port => _port!;

    public ValueTask InitializeAsync()
    {
        _port = new QemuAgentPort(
            Socket, Beat, Patience, sign => _signs.Happened(new InstanceName("vm1"), new Generation(1), sign));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await Port.DisposeAsync();
        if (_agent is { } agent)
        {
            agent.Kill();
            await agent.WaitForExitAsync(CancellationToken.None);
            agent.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Each_answer_is_a_beat_and_the_first_alone_says_ready()
    {
        Start();

        await _signs.WaitAsync(MachineSignKind.GuestReady);
        await _signs.WaitAsync(MachineSignKind.GuestBeat, count: 3);

        Assert.Single(_signs.Kinds, kind => kind == MachineSignKind.GuestReady);
        Assert.Equal(MachineSignKind.GuestBeat, _signs.Kinds[0]);
    }

    [Fact]
    public async Task An_agent_that_stands_still_gives_no_beat_and_is_heard_again_when_it_goes_on()
    {
        Start();
        await _signs.WaitAsync(MachineSignKind.GuestReady);
        Signal("STOP");
        Assert.False(await Port.AskShutdownAsync(TimeSpan.Zero, Cancel));
        int before = _signs.Kinds.Count;
        Assert.False(await Port.AskShutdownAsync(TimeSpan.Zero, Cancel));
        Assert.Equal(before, _signs.Kinds.Count);

        // It answers all that it was asked meanwhile, late, and then what it is asked now.
        Signal("CONT");

        await _signs.WaitAsync(MachineSignKind.GuestBeat, count: before + 1);
    }

    [Fact]
    public async Task An_agent_that_may_not_shut_down_says_so()
    {
        Start();
        await _signs.WaitAsync(MachineSignKind.GuestReady);

        Assert.False(await Port.AskShutdownAsync(TimeSpan.Zero, Cancel));
    }

    /// <summary>It may never obey that order here: it would end the machine that runs these tests.</summary>
    private void Start()
    {
        _agent = Process.Start(
            "qemu-ga", ["-m", "unix-listen", "-p", Socket, "-t", _directory, "-b", "guest-shutdown"]);
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_agent!.Id}"]);
        kill.WaitForExit();
    }
}
