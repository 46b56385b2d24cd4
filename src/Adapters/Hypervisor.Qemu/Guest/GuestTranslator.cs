using System.Globalization;
using Havm.Model;
using Havm.Wire.Guest;

namespace Havm.Hypervisor.Qemu.Guest;

/// <summary>
/// Turns what a guest says into signs. A guest is not trusted to be quiet: beats are thinned to ten a second, and
/// readiness is told when it changes. Not safe for two threads at once.
/// </summary>
internal sealed class GuestTranslator
{
    private static readonly TimeSpan BeatGap = TimeSpan.FromMilliseconds(100);

    private TimeSpan? _lastBeat;
    private string? _bootId;
    private bool? _ready;

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

        if (TakeReadiness(message) is { } change)
        {
            yield return change;
        }
    }

    private IEnumerable<MachineSign> TakeBoot(HelloMessage hello)
    {
        bool isOtherBoot = _bootId is not null && _bootId != hello.BootId;
        _bootId = hello.BootId;
        if (isOtherBoot && _ready == true)
        {
            yield return new MachineSign(MachineSignKind.GuestNotReady, "the guest booted again");
        }

        if (isOtherBoot)
        {
            _ready = null;
        }
    }

    private MachineSign? TakeReadiness(GuestMessage message)
    {
        var (ready, detail) = message switch
        {
            ReadyMessage first => (true, $"ready {Seconds(first.Uptime)} after the guest's boot"),
            BeatMessage beat => (beat.Ready, Describe(beat.Role)),
            RoleStateMessage change => (change.Role.Ready, Describe(change.Role)),
            _ => ((bool?)null, ""),
        };
        if (ready is null || ready == _ready)
        {
            return null;
        }

        bool isNews = ready == true || _ready == true;
        _ready = ready;
        return isNews
            ? new MachineSign(ready == true ? MachineSignKind.GuestReady : MachineSignKind.GuestNotReady, detail)
            : null;
    }

    private static string Describe(RoleReport? role) =>
        role is null ? "" : $"role {role.Name} is {role.State}, {role.Restarts} restarts";

    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s";
}
