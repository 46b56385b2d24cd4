using Havm.Guest.Host;
using Havm.Model;
using Havm.Wire.Guest;

namespace Havm.GuestAgent.Tests;

/// <summary>What a host makes of a guest agent's words about its program.</summary>
public sealed class TranslatorStories
{
    private readonly GuestTranslator _translator = new();
    private double _seconds;

    private IReadOnlyList<MachineSign> Say(RoleState state, bool ready, int? code = null, int restarts = 0) =>
    [
        .. _translator.Take(
                new RoleStateMessage(TimeSpan.FromSeconds(++_seconds), new("web", state, ready, restarts, code)),
                TimeSpan.FromSeconds(_seconds))
            .Where(sign => sign.Kind != MachineSignKind.GuestBeat),
    ];

    [Fact]
    public void A_program_that_ends_is_down_once_and_ready_again_once()
    {
        Say(RoleState.Running, true);
        MachineSign down = Assert.Single(Say(RoleState.BackOff, false, 3));
        Assert.Equal(new(MachineSignKind.RoleDown, "its program ended with exit code 3"), down);
        Assert.Empty(Say(RoleState.Starting, false, 3, 1));
        Assert.Equal(MachineSignKind.GuestReady, Assert.Single(Say(RoleState.Running, true, 3, 1)).Kind);
        Assert.Empty(Say(RoleState.Running, true, 3, 1));
    }

    [Fact]
    public void A_program_that_does_not_pass_its_probe_is_down()
    {
        Say(RoleState.Running, true);
        Assert.Equal(
            new(MachineSignKind.RoleDown, "its program does not pass its probe"),
            Assert.Single(Say(RoleState.Unhealthy, false)));
    }

    [Fact]
    public void A_program_that_ends_by_order_is_not_down_but_only_not_ready()
    {
        Say(RoleState.Running, true);
        Assert.Equal(MachineSignKind.GuestNotReady, Assert.Single(Say(RoleState.Stopping, false)).Kind);
        Assert.Empty(Say(RoleState.Stopped, false));
    }

    [Fact]
    public void What_is_given_up_is_told_once_also_when_it_was_never_ready()
    {
        Assert.Empty(Say(RoleState.Starting, false));
        MachineSign given = Assert.Single(Say(RoleState.Failed, false, 127, 5));
        Assert.Equal(MachineSignKind.RoleGivenUp, given.Kind);
        Assert.Equal(
            "its program has used up its restarts and ended with exit code 127, "
                + "after 5 restarts in this boot of its guest",
            given.Detail);
        Assert.Empty(Say(RoleState.Failed, false, 127, 5));
    }

    [Fact]
    public void What_is_given_another_chance_is_not_given_up_any_more()
    {
        Say(RoleState.Failed, false, 1, 5);
        Assert.Equal(MachineSignKind.RoleDown, Assert.Single(Say(RoleState.Starting, false, 1, 5)).Kind);
        Assert.Equal(MachineSignKind.GuestReady, Assert.Single(Say(RoleState.Running, true, 1, 5)).Kind);
    }
}
