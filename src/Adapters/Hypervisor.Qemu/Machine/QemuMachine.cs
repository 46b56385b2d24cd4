using System.Collections.Immutable;
using System.Diagnostics;
using Havm.Guest.Host;
using Havm.Hypervisor.Qemu.Cgroups;
using Havm.Hypervisor.Qemu.Evidence;
using Havm.Hypervisor.Qemu.Guest;
using Havm.Hypervisor.Qemu.Qmp;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Wire.Guest;

namespace Havm.Hypervisor.Qemu.Machine;

/// <summary>What a machine is, before anything is connected to it.</summary>
/// <param name="Ended">Completes when the process has ended.</param>
/// <param name="Seat">Null for an adopted process whose seat cannot be told.</param>
internal sealed record MachineIdentity(
    InstanceName Instance, Generation Generation, int Pid, Task Ended, MachineFiles Files, SeatGoal? Seat);

/// <summary>One QEMU process under the agent's hand: its monitor, its guest port, and its end.</summary>
internal sealed class QemuMachine : IMachine
{
    /// <summary>
    /// Longest wait for the monitor's last words once the process is gone: they lie in the socket already.
    /// </summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(100);

    private readonly MachineIdentity _identity;
    private readonly QemuSettings _settings;
    private readonly IHostNetwork _network;
    private readonly SignTeller _teller;
    private readonly EventTranslator _events;
    private readonly MonitorLink _monitor;
    private readonly IGuestLink _guest;
    private volatile string _roleLog = "";

    private QemuMachine(
        MachineIdentity identity, QemuSettings settings, IHostNetwork network, SignTeller teller,
        EventTranslator events, QmpSession session)
    {
        _identity = identity;
        _settings = settings;
        _network = network;
        _teller = teller;
        _events = events;
        _monitor = new MonitorLink(
            session,
            cancel => OpenAsync(identity, settings, teller, events, settings.MonitorTimeout, cancel),
            TellFound);
        _guest = LinkTo(identity, settings);
        Gone = AwaitEndAsync();
    }

    public InstanceName Instance => _identity.Instance;

    public Generation Generation => _identity.Generation;

    public int Pid => _identity.Pid;

    public string WardenSocket => _identity.Files.WardenSocket;

    /// <summary>True once it was let go of: it has no connection of ours any more.</summary>
    public bool IsReleased { get; private set; }

    /// <summary>Completes once the end was told and nothing is connected any more.</summary>
    public Task Gone { get; }

    /// <summary>Connects to a process. Throws <see cref="QmpException"/> when its monitor does not answer.</summary>
    /// <param name="patience">Longest wait for the monitor.</param>
    /// <param name="tellState">True: tell the state it is found in before anything else.</param>
    public static async Task<QemuMachine> ConnectAsync(
        MachineIdentity identity, QemuSettings settings, IHostNetwork network, IMachineSink sink,
        TimeSpan patience, bool tellState, CancellationToken cancel)
    {
        var teller = new SignTeller(identity.Instance, identity.Generation, sink);
        var events = new EventTranslator();
        var session = await OpenAsync(identity, settings, teller, events, patience, cancel);
        try
        {
            string status = await session.QueryStatusAsync(cancel);
            if (tellState)
            {
                TellFound(teller, status);
            }

            return new QemuMachine(identity, settings, network, teller, events, session);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>True when the monitor answers now.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        try
        {
            await _monitor.Session.QueryStatusAsync(cancel);
            return true;
        }
        catch (QmpException)
        {
            return false;
        }
    }

    public void Introduce(SeatGoal seat) => _guest.Introduce(seat);

    public async Task AskShutdownAsync(TimeSpan grace, CancellationToken cancel)
    {
        if (HasEnded)
        {
            return;
        }

        if (!await _guest.AskShutdownAsync(grace, cancel))
        {
            await TryAsync(session => session.PowerDownAsync(cancel));
        }
    }

    public Task<UseCounters?> CountUseAsync(CancellationToken cancel) =>
        Task.FromResult(HasEnded ? null : CgroupUse.Read(Pid));

    public async Task<IoCounters> CountIoAsync(CancellationToken cancel)
    {
        long operations = 0;
        await TryAsync(async session => operations = await session.CountDiskOperationsAsync(cancel));
        return HasEnded ? new IoCounters(0, 0) : new IoCounters(operations, _network.SentBytes(Instance));
    }

    public Task<ImmutableArray<string>> KeepEvidenceAsync(string incident, CancellationToken cancel) =>
        EvidenceKeeper.KeepAsync(
            _identity.Files, _settings, incident, HasEnded ? null : _monitor.Session, _roleLog, cancel);

    public Task<DumpOutcome> DumpAsync(string incident, TimeSpan within, CancellationToken cancel) => HasEnded
        ? Task.FromResult(new DumpOutcome(null, "its process has ended"))
        : GuestDump.WriteAsync(
            EvidenceKeeper.DirectoryOf(_identity.Files, _settings, incident), _settings, _monitor.Session, within,
            cancel);

    /// <summary>Lets go of the machine, which goes on as it is.</summary>
    public async ValueTask DisposeAsync()
    {
        IsReleased = true;
        _teller.Silence();
        await _guest.DisposeAsync();
        await _monitor.DisposeAsync();
    }

    private bool HasEnded => _identity.Ended.IsCompleted;

    private static Task<QmpSession> OpenAsync(
        MachineIdentity identity, QemuSettings settings, SignTeller teller, EventTranslator events, TimeSpan patience,
        CancellationToken cancel) => QmpSession.OpenAsync(
            identity.Files.AgentSocket, patience, settings.MonitorTimeout,
            happened => Tell(teller, events, happened), cancel);

    /// <summary>The process' ports tell what it was made for: its seat may have been edited since.</summary>
    private IGuestLink LinkTo(MachineIdentity identity, QemuSettings settings)
    {
        var files = identity.Files;
        if (File.Exists(files.QemuAgentSocket))
        {
            return new QemuAgentPort(
                files.QemuAgentSocket, settings.BeatPeriod, settings.MonitorTimeout, _teller.Tell);
        }

        if (!File.Exists(files.GuestSocket))
        {
            return new NoGuestLink();
        }

        var translator = new GuestTranslator();
        return new GuestPort(
            files.GuestSocket, identity.Seat, settings.BeatPeriod, settings.MonitorTimeout,
            message => Tell(translator, message));
    }

    private async Task TryAsync(Func<QmpSession, Task> verb)
    {
        if (HasEnded)
        {
            return;
        }

        try
        {
            await verb(_monitor.Session);
        }
        catch (QmpException e)
        {
            if (!HasEnded && !await HasEndedSoonAsync(e))
            {
                throw e.For(Instance.Value);
            }
        }
    }

    /// <summary>
    /// A connection that broke under a verb mostly broke with its process: the kernel tells in a moment.
    /// </summary>
    private async Task<bool> HasEndedSoonAsync(QmpException trouble) =>
        trouble.Trouble == QmpTrouble.Closed
        && await Task.WhenAny(_identity.Ended, Task.Delay(LastWords)) == _identity.Ended;

    private async Task AwaitEndAsync()
    {
        await _identity.Ended;
        await Task.WhenAny(_monitor.Session.Closed, Task.Delay(LastWords));
        string how = _events.Farewell.Length > 0
            ? $"ended by {_events.Farewell}"
            : "ended without a word: killed or crashed";
        string last = LogTail.LastLine(_identity.Files.QemuLog);
        _teller.Tell(new MachineSign(MachineSignKind.Exited, last.Length > 0 ? $"{how}; last log line: {last}" : how));
        await _guest.DisposeAsync();
        await _monitor.DisposeAsync();
    }

    /// <summary>An earlier life of the agent began to dump it.</summary>
    public void TellHeldForDump() => _teller.Tell(new MachineSign(MachineSignKind.HeldForDump));

    private void TellFound(string status) => TellFound(_teller, status);

    private static void TellFound(SignTeller teller, string status)
    {
        foreach (var sign in EventTranslator.Found(status))
        {
            teller.Tell(sign);
        }
    }

    private static void Tell(SignTeller teller, EventTranslator events, QmpEvent happened)
    {
        if (events.Take(happened, Now) is { } sign)
        {
            teller.Tell(sign);
        }
    }

    private void Tell(GuestTranslator translator, GuestMessage message)
    {
        foreach (var sign in translator.Take(message, Now))
        {
            _roleLog = sign.Kind == MachineSignKind.RoleLog ? sign.Detail : _roleLog;
            _teller.Tell(sign);
        }
    }

    /// <summary>For gaps between signs only; nothing here is decided on it.</summary>
    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);
}
