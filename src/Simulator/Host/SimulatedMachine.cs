using System.Collections.Immutable;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Simulator.Host;

/// <summary>One life of the agent's hand on a simulated machine.</summary>
internal sealed class SimulatedMachine : IMachine
{
    private readonly SimulatedGuest _guest;
    private readonly IHostNetwork _network;
    private readonly IMachineSink _sink;
    private bool _isReleased;

    public SimulatedMachine(SimulatedGuest guest, IHostNetwork network, IMachineSink sink)
    {
        _guest = guest;
        _network = network;
        _sink = sink;
        guest.Listen(Tell);
    }

    public InstanceName Instance => _guest.Seat.Machine.Instance;

    public Generation Generation => _guest.Seat.Generation;

    public int Pid => _guest.Process.Pid;

    public string WardenSocket => SimulatedVcpuSwitch.SocketOf(Pid);

    /// <summary>Tells the state it is found in.</summary>
    public void TellState()
    {
        if (_guest.HasPanicked)
        {
            Tell(new MachineSign(MachineSignKind.Panic, "found so"));
        }

        Tell(new MachineSign(_guest.IsRunning ? MachineSignKind.Running : MachineSignKind.Held, "found so"));
    }

    public void Introduce(SeatGoal seat)
    {
        // A simulated guest knows by itself who it is.
    }

    public Task AskShutdownAsync(TimeSpan grace, CancellationToken cancel)
    {
        RequireAnswer();
        _guest.AskShutdown();
        return Task.CompletedTask;
    }

    public Task<UseCounters?> CountUseAsync(CancellationToken cancel) => Task.FromResult(_guest.Process.IsAlive
        ? new UseCounters(_guest.CpuTime, _guest.Seat.Machine.Memory)
        : null);

    public Task<IoCounters> CountIoAsync(CancellationToken cancel)
    {
        RequireAnswer();
        return Task.FromResult(_guest.Process.IsAlive
            ? new IoCounters(_guest.DiskOperations, _network.SentBytes(Instance))
            : new IoCounters(0, 0));
    }

    public Task<ImmutableArray<string>> KeepEvidenceAsync(string incident, CancellationToken cancel) =>
        Task.FromResult<ImmutableArray<string>>([$"/evidence/{Instance}/{incident}/qemu.log"]);

    public Task<DumpOutcome> DumpAsync(string incident, TimeSpan within, CancellationToken cancel) =>
        Task.FromResult(_guest.Process switch
        {
            { IsAlive: false } => new DumpOutcome(null, "its process has ended"),
            { IsFrozen: true } => new DumpOutcome(null, "its monitor does not answer"),
            _ => new DumpOutcome($"/evidence/{Instance}/{incident}/guest.dump", null),
        });

    public ValueTask DisposeAsync()
    {
        _isReleased = true;
        return ValueTask.CompletedTask;
    }

    private void Tell(MachineSign sign)
    {
        if (!_isReleased)
        {
            _sink.Happened(Instance, Generation, sign);
        }
    }

    private void RequireAnswer()
    {
        if (_guest.Process is { IsAlive: true, IsFrozen: true })
        {
            throw new MachineException(MachineTrouble.MonitorSilent, $"instance {Instance}: no answer");
        }
    }
}
