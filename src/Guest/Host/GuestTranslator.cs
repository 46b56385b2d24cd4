using System.Globalization;
using Havm.Guest.Supervision;
using Havm.Model;
using Havm.Wire.Guest;

namespace Havm.Guest.Host;

/// <summary>
/// Turns what a guest says into signs. A guest is not trusted to be quiet: beats are thinned to ten a second, and
/// what it says of its program is told when it changes, what that wrote four times at once and then once in 2.5 s,
/// which is more often than Havm's agent says it. Not safe for two threads at once.
/// </summary>
public sealed class GuestTranslator
{
    private const int LogsAtOnce = 4;

    private static readonly TimeSpan BeatGap = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LogGap = TimeSpan.FromSeconds(2.5);

    private TimeSpan? _lastBeat;
    private TimeSpan _logsPaidUntil;
    private string _log = "";
    private string? _bootId;
    private bool? _ready;
    private bool _gaveUp;
    private bool? _reads;
    private string? _approved;

    /// <summary>The signs of one message heard at <paramref name="now"/> (any monotonic clock).</summary>
    public IEnumerable<MachineSign> Take(GuestMessage message, TimeSpan now)
    {
        if (message is HelloMessage hello)
        {
            foreach (var sign in TakeBoot(hello))
            {
                yield return sign;
            }
        }

        if (_lastBeat is null || now - _lastBeat >= BeatGap)
        {
            _lastBeat = now;
            yield return new MachineSign(MachineSignKind.GuestBeat);
        }

        if (TakeLog(message, now) is { } log)
        {
            yield return log;
        }

        if (TakeReadiness(message) is { } change)
        {
            yield return change;
        }

        foreach (var sign in TakeNotices(message))
        {
            yield return sign;
        }
    }

    /// <summary>Each costs its gap; beyond a few of them a message is dropped: the next says it all again.</summary>
    private MachineSign? TakeLog(GuestMessage message, TimeSpan now)
    {
        if (message is not RoleLogMessage written || _logsPaidUntil - now > LogGap * (LogsAtOnce - 1))
        {
            return null;
        }

        _logsPaidUntil = (_logsPaidUntil > now ? _logsPaidUntil : now) + LogGap;
        string log = string.Join('\n', LogLines.Bound(written.Lines));
        bool isNews = log != _log;
        _log = log;
        return isNews ? new MachineSign(MachineSignKind.RoleLog, log) : null;
    }

    /// <summary>An agent that was not configured yet has begun anew: nobody has asked it anything.</summary>
    private IEnumerable<MachineSign> TakeNotices(GuestMessage message)
    {
        bool? reads = message switch
        {
            NoticesMessage notices => notices.Read,
            HelloMessage { Instance: null } when _reads is not null => false,
            _ => _reads,
        };
        if (reads != _reads)
        {
            _reads = reads;
            yield return new MachineSign(
                reads == true ? MachineSignKind.ReadsNotices : MachineSignKind.ReadsNoNotices);
        }

        if (message is NoticesMessage { Approved: { } approved } && approved != _approved)
        {
            _approved = approved;
            yield return new MachineSign(MachineSignKind.NoticeApproved, approved);
        }
    }

    private IEnumerable<MachineSign> TakeBoot(HelloMessage hello)
    {
        bool isOtherBoot = _bootId is not null && _bootId != hello.BootId;
        _bootId = hello.BootId;
        if (isOtherBoot && (_ready == true || _gaveUp))
        {
            yield return new MachineSign(MachineSignKind.GuestNotReady, "the guest booted again");
        }

        if (isOtherBoot)
        {
            (_ready, _gaveUp) = (null, false);
        }
    }

    private MachineSign? TakeReadiness(GuestMessage message)
    {
        var (ready, role) = message switch
        {
            ReadyMessage => (true, null),
            BeatMessage beat => (beat.Ready, beat.Role),
            RoleStateMessage change => (change.Role.Ready, change.Role),
            _ => ((bool?)null, (RoleReport?)null),
        };
        bool gaveUp = role is null ? _gaveUp : role.State == RoleState.Failed;
        if (ready is null || (ready == _ready && gaveUp == _gaveUp))
        {
            return null;
        }

        // What was never ready is not told to be unready, but what is not given up any more is.
        bool isNews = ready == true || _ready == true || gaveUp != _gaveUp;
        (_ready, _gaveUp) = (ready, gaveUp);
        return isNews ? SignOf(message, ready == true, role) : null;
    }

    private static MachineSign SignOf(GuestMessage message, bool ready, RoleReport? role) =>
        (ready, role?.State) switch
        {
            (true, _) => new MachineSign(MachineSignKind.GuestReady, message is ReadyMessage first
                ? $"ready {Seconds(first.Uptime)} after the guest's boot"
                : Describe(role)),
            (_, null or RoleState.Stopping or RoleState.Stopped) =>
                new MachineSign(MachineSignKind.GuestNotReady, Describe(role)),
            (_, RoleState.Failed) => new MachineSign(
                MachineSignKind.RoleGivenUp,
                $"{Describe(role)}, after {Count.Of(role!.Restarts, "restart")} in this boot of its guest"),
            _ => new MachineSign(MachineSignKind.RoleDown, Describe(role)),
        };

    /// <summary>The program, in a clause for people.</summary>
    private static string Describe(RoleReport? role) => role switch
    {
        null => "",
        { State: RoleState.Failed, ExitCode: { } code } =>
            $"its program has used up its restarts and ended with exit code {code}",
        { State: RoleState.Failed } => "its program has used up its restarts",
        { State: RoleState.Unhealthy } => "its program does not pass its probe",
        { State: RoleState.BackOff or RoleState.Starting, ExitCode: { } code } =>
            $"its program ended with exit code {code}",
        { State: RoleState.Running } => "its program is well",
        _ => "its program is not ready",
    };

    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s";
}
