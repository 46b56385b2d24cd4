using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>
/// What a guest says of itself: that it is ready, how its program fares, that it asks what is planned with it. A guest
/// that says another thing many times a second is heard out at once, and counts as far as its budget goes: the last
/// word wins.
/// </summary>
public sealed partial class HostMachine
{
    /// <summary>A word came. That the guest lives is never kept back.</summary>
    private void HearGuest(Moment at, MachineRecord machine, MachineSign sign)
    {
        machine.Signs = machine.Signs with { LastBeat = IsNoticeWord(sign) ? machine.Signs.LastBeat : at.Now };
        if (IsNoticeWord(sign))
        {
            machine.NoticeWord = sign;
        }
        else if (sign.Kind != MachineSignKind.GuestNotReady || machine.ReadyWord?.Kind != MachineSignKind.RoleGivenUp)
        {
            // A program that was given up is not ready either, and that is what waits to be told.
            machine.ReadyWord = sign;
        }

        TakeWords(at, machine);
    }

    /// <summary>Called each step: what waits counts as soon as it may.</summary>
    private void TakeWords(Moment at, MachineRecord machine)
    {
        if (machine.ReadyWord is { } ready && machine.Words.Allows(at.Now))
        {
            machine.Words = machine.Words.Spend(at.Now);
            machine.ReadyWord = null;
            TakeReadiness(at, machine, ready);
        }

        if (machine.NoticeWord is { } notice && machine.Words.Allows(at.Now))
        {
            machine.Words = machine.Words.Spend(at.Now);
            machine.NoticeWord = null;
            machine.Signs = machine.Signs with { ReadsNotices = notice.Kind == MachineSignKind.ReadsNotices };
            _dirty = true;
        }
    }

    private void TakeReadiness(Moment at, MachineRecord machine, MachineSign word)
    {
        switch (word.Kind)
        {
            case MachineSignKind.GuestReady:
                BecomeReady(at, machine);
                break;
            case MachineSignKind.RoleDown:
                TakeRoleDown(at, machine, word.Detail);
                break;
            case MachineSignKind.RoleGivenUp:
                TakeRoleGivenUp(at, machine, word.Detail);
                break;
            default:
                BecomeUnready(at, machine);
                break;
        }
    }

    private static bool IsNoticeWord(MachineSign sign) =>
        sign.Kind is MachineSignKind.ReadsNotices or MachineSignKind.ReadsNoNotices;
}
