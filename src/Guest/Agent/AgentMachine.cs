using Havm.Guest.Notices;
using Havm.Guest.Supervision;
using Havm.Wire.Guest;
using static Havm.Guest.Agent.AgentEffect;
using static Havm.Guest.Agent.AgentInput;

namespace Havm.Guest.Agent;

/// <summary>
/// Everything the guest agent decides: facts and the time go in, effects come out. It holds no clock, process or
/// port, so its behaviour is told by stories.
/// </summary>
public sealed class AgentMachine(AgentIdentity identity, AgentSettings settings)
{
    private enum Farewell
    {
        /// <summary>The agent stays.</summary>
        None,

        /// <summary>The guest powers off once the role has ended.</summary>
        PowerOff,

        /// <summary>The agent ends once the role has ended.</summary>
        Exit,
    }

    private readonly List<AgentEffect> _effects = [];
    private readonly NoticeBoard _notices = new();
    private readonly RoleLog _log = new();
    private ConfigureMessage? _configured;
    private RoleStatus _role = new();
    private ProbeWatch? _probe;
    private RoleReport? _said;
    private bool _connected;
    private long _seq;
    private TimeSpan _nextBeat;
    private TimeSpan? _firstReady;
    private TimeSpan? _shutdownGrace;
    private Farewell _farewell;

    /// <summary>When a tick is due though nothing happens; null: never.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            TimeSpan? due = _role.Due;
            due = Earlier(due, _connected ? _nextBeat : null);
            due = Earlier(due, _connected ? _log.Due : null);
            due = Earlier(due, _notices.Due);
            return Earlier(due, _probe?.Next);
        }
    }

    /// <summary>Takes in one fact; what is to be done about it, and about the time that passed, comes out.</summary>
    public IReadOnlyList<AgentEffect> Handle(AgentInput input, TimeSpan now)
    {
        _effects.Clear();
        Take(input, now);
        DoDue(now);
        ReportRole(now);
        ReportNotices(now);
        LatchReadiness(now);
        Beat(now);
        SayFarewell();
        return [.. _effects];
    }

    private RoleSpec? Role => _configured?.Role;

    private bool IsReady => _configured is not null && (Role is null || _role.Phase == RolePhase.Ready);

    private RoleReport? Report => Role is { } role ? _role.Report(role.Name) : null;

    private void Take(AgentInput input, TimeSpan now)
    {
        switch (input)
        {
            case HostCame:
                _connected = true;
                Greet(now);
                break;
            case HostLeft:
                _connected = false;
                break;
            case LineHeard { Line: GuestLine.Malformed line }:
                Refuse(line.About, line.Reason);
                break;
            case LineHeard { Line: GuestLine.Message line }:
                Obey(line.Value, now);
                break;
            case RoleStarted:
                _probe = ProbeWatch.Begin(Role?.Probe, now);
                break;
            case RoleWrote wrote:
                _log.Take(wrote.Bytes);
                break;
            case RoleExited exited:
                _effects.Add(new Note($"role ended with exit code {exited.Code}"));
                _role = _role with { ExitCode = exited.Code };
                Step(RoleEvent.Exited, now);
                break;
            case ProbeAnswered answer when _probe is { Running: true } probe:
                TakeAnswer(probe, answer.Passed, now);
                break;
            case MetadataAsked asked:
                _effects.Add(new Answer(asked.Connection, _notices.Answer(
                    asked.Request, _configured?.Instance ?? "", now, asked.Wall)));
                break;
            case EndAsked when _farewell == Farewell.None:
                Leave(Farewell.Exit, settings.StopGrace, now);
                break;
        }
    }

    private void Obey(GuestMessage message, TimeSpan now)
    {
        switch (message)
        {
            case PingMessage ping:
                Say(new PongMessage(ping.Id));
                break;
            case ConfigureMessage configure:
                Configure(configure, now);
                break;
            case ShutdownMessage shutdown:
                _effects.Add(new Note($"shutdown ordered, grace {shutdown.Grace.TotalSeconds:0.#} s"));
                _notices.Start();
                Leave(Farewell.PowerOff, shutdown.Grace, now);
                break;
            case HelloMessage or BeatMessage or ReadyMessage or RoleStateMessage or PongMessage
                or RoleLogMessage or NoticesMessage:
                Refuse("line", "a message of this type goes from guest to host only");
                break;
        }
    }

    private void Configure(ConfigureMessage wanted, TimeSpan now)
    {
        if (RefusalOf(wanted) is { } refusal)
        {
            Refuse(ConfigureMessage.Name, refusal);
            return;
        }

        ConfigureMessage? before = _configured;
        _configured = wanted;
        TakeNotice(wanted.Notice, before?.Notice, now);
        _effects.Add(new Note($"configured {wanted.Instance} generation {wanted.Generation}"));
        bool isOther = !RoleComparison.RunsTheSame(before, wanted);
        if (isOther)
        {
            Step(wanted.Role is null ? RoleEvent.End : RoleEvent.Start, now);
        }
        else if (_probe is { } probe && !RoleComparison.ProbesTheSame(probe.Spec, wanted.Role?.Probe))
        {
            _probe = probe.With(wanted.Role?.Probe, now);
        }

        TakeEndpoint(before, wanted, now, isOther);
        Greet(now);
    }

    /// <summary>What its load balancer sees: noted, and acted on where the host says so.</summary>
    private void TakeEndpoint(ConfigureMessage? before, ConfigureMessage wanted, TimeSpan now, bool isOther)
    {
        if (wanted.EndpointTrouble != before?.EndpointTrouble)
        {
            _effects.Add(new Note(wanted.EndpointTrouble is { } trouble
                ? $"the load balancer has taken this guest out of rotation: {trouble}"
                : "the load balancer has nothing against this guest"));
        }

        if (before is not null && !isOther && wanted.RoleRestarts > (before.RoleRestarts ?? 0))
        {
            _effects.Add(new Note("a restart of the role is ordered: its endpoint does not answer"));
            // By order, and so no sign that the program cannot keep itself up: it counts towards no limit.
            Step(RoleEvent.Start, now);
        }
    }

    private void TakeNotice(NoticeSpec? notice, NoticeSpec? before, TimeSpan now)
    {
        _notices.Take(notice, now);
        if (notice is not null && notice.Id != before?.Id)
        {
            _effects.Add(new Note(
                $"planned, not before {notice.NotBefore.TotalSeconds:0} s from now: {notice.Description}"));
        }
    }

    private void ReportNotices(TimeSpan now)
    {
        if (_notices.News(now) is { } news)
        {
            Say(news);
        }
    }

    private string? RefusalOf(ConfigureMessage wanted)
    {
        if (_farewell != Farewell.None)
        {
            return "the guest is shutting down";
        }

        if (ConfigureCheck.Faults(wanted) is [_, ..] faults)
        {
            return string.Join("; ", faults);
        }

        if (_configured is not { } known)
        {
            return null;
        }

        return wanted.Instance != known.Instance
            ? $"this guest is {known.Instance}, not {wanted.Instance}"
            : wanted.Generation < known.Generation
                ? $"generation {wanted.Generation} is older than {known.Generation}, which was heard before"
                : null;
    }

    private void Leave(Farewell farewell, TimeSpan grace, TimeSpan now)
    {
        _farewell = farewell;
        _shutdownGrace = grace;
        Step(RoleEvent.End, now);
    }

    /// <summary>Moves the role, and carries the step's action over to the process and its probe.</summary>
    private void Step(RoleEvent what, TimeSpan now)
    {
        var machine = new RoleMachine(Role?.Restart ?? RestartSpec.Default, _shutdownGrace ?? settings.StopGrace);
        (_role, RoleAction action) = machine.Step(_role, what, now);
        if (_role.Phase is not (RolePhase.Starting or RolePhase.Ready) || action == RoleAction.Spawn)
        {
            StopProbing();
        }

        switch (action)
        {
            case RoleAction.Spawn:
                _effects.Add(new StartRole(Role!, _configured!.Instance, _configured.Generation));
                break;
            case RoleAction.Terminate or RoleAction.Kill:
                _effects.Add(new EndRole(action == RoleAction.Kill));
                break;
        }

        if (_role.Phase == RolePhase.Failed && what == RoleEvent.Exited)
        {
            _effects.Add(new Note("the restart limit is used up: the role stays down"));
        }
    }

    private void StopProbing()
    {
        if (_probe is { Running: true })
        {
            _effects.Add(new DropProbe());
        }

        _probe = null;
    }

    private void TakeAnswer(ProbeWatch probe, bool passed, TimeSpan now)
    {
        (_probe, ProbeVerdict verdict) = probe.Answer(passed, now);
        if (!passed && _probe.PassedOnce)
        {
            _effects.Add(new Note($"probe missed, {_probe.Misses} in a row"));
        }

        if (verdict != ProbeVerdict.None)
        {
            Step(verdict == ProbeVerdict.Passed ? RoleEvent.Passed : RoleEvent.Unhealthy, now);
        }
    }

    private void DoDue(TimeSpan now)
    {
        if (_role.Due <= now)
        {
            Step(RoleEvent.Due, now);
        }

        if (_probe is not { } probe || probe.Next > now)
        {
            return;
        }

        if (probe.Running)
        {
            _effects.Add(new DropProbe());
            TakeAnswer(probe, false, now);
        }
        else if (probe.Spec.Kind == ProbeKind.None)
        {
            TakeAnswer(probe, true, now);
        }
        else
        {
            _probe = probe.Launch(now);
            _effects.Add(new StartProbe(probe.Spec));
        }
    }

    private void LatchReadiness(TimeSpan now)
    {
        if (IsReady && _firstReady is null)
        {
            _firstReady = now;
            _effects.Add(new Note($"ready after {now.TotalSeconds:0.00} s"));
            Say(new ReadyMessage(now));
        }
    }

    private void Greet(TimeSpan now)
    {
        Say(new HelloMessage(
            identity.Agent, identity.Version, identity.BootId, now, _configured?.Instance, _configured?.Generation));
        if (_firstReady is { } ready && IsReady)
        {
            Say(new ReadyMessage(ready));
        }

        if (_log.Word is { } written)
        {
            Say(written);
        }

        if (_notices.Word is { } word)
        {
            Say(word);
        }

        _nextBeat = now;
    }

    private void ReportRole(TimeSpan now)
    {
        RoleReport? report = Report;
        if (_connected && _log.News(now, explains: report != _said) is { } news)
        {
            Say(news);
        }

        if (report != _said && report is not null)
        {
            Say(new RoleStateMessage(now, report));
        }

        _said = report;
    }

    private void Beat(TimeSpan now)
    {
        if (!_connected || now < _nextBeat)
        {
            return;
        }

        Say(new BeatMessage(++_seq, now, IsReady, Report));

        // After a pause of the whole guest the missed beats are not made up for.
        TimeSpan period = _configured?.BeatPeriod ?? settings.BeatPeriod;
        TimeSpan next = _nextBeat + period;
        _nextBeat = next > now ? next : now + period;
    }

    private void SayFarewell()
    {
        if (_farewell != Farewell.None && !_role.Lives)
        {
            _effects.Add(_farewell == Farewell.PowerOff ? new PowerOff() : new Exit());
        }
    }

    private void Refuse(string about, string reason)
    {
        _effects.Add(new Note($"refused {about}: {reason}"));
        Say(new ErrorMessage(about, reason));
    }

    private void Say(GuestMessage message)
    {
        if (_connected)
        {
            _effects.Add(new Say(message));
        }
    }

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null ? b : b is null ? a : a < b ? a : b;
}
