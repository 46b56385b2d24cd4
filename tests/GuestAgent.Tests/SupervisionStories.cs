using Havm.Guest.Agent;
using Havm.Wire.Guest;

namespace Havm.GuestAgent.Tests;

public sealed class SupervisionStories
{
    private static readonly RestartSpec Ladder = new(
        [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)], 4, TimeSpan.FromSeconds(30));

    private static Story Running(RestartSpec? restart = null) =>
        new Story().Meet(new AgentInput.HostCame()).Hear(Story.Configure(Story.Web(restart: restart ?? Ladder)));

    [Fact]
    public void A_role_that_ends_is_started_again_at_once_the_first_time()
    {
        Story story = Running().Forget().Meet(new AgentInput.RoleExited(3));
        Assert.Equal(1, story.Count<AgentEffect.StartRole>());
        Assert.Equal((1, 3), (story.LastRole!.Restarts, story.LastRole.ExitCode));
    }

    [Fact]
    public void Later_restarts_in_a_row_wait_as_the_list_says()
    {
        Story story = Running().Meet(new AgentInput.RoleExited(1)).Forget().Meet(new AgentInput.RoleExited(1));
        Assert.Equal(RoleState.BackOff, story.LastRole!.State);
        Assert.Equal(0, story.Pass(0.9).Count<AgentEffect.StartRole>());
        Assert.Equal(1, story.Pass(0.2).Count<AgentEffect.StartRole>());
    }

    [Fact]
    public void The_limit_of_restarts_in_a_row_leaves_the_role_failed()
    {
        Story story = Running();
        for (int i = 0; i < 5; i++)
        {
            story.Meet(new AgentInput.RoleExited(1)).Pass(5);
        }

        Assert.Equal((RoleState.Failed, 4), (story.LastRole!.State, story.LastRole.Restarts));
        Assert.Equal(0, story.Forget().Pass(600).Count<AgentEffect.StartRole>());
    }

    [Fact]
    public void A_role_that_was_ready_long_enough_starts_the_count_over()
    {
        Story story = Running();
        for (int i = 0; i < 20; i++)
        {
            story.Meet(new AgentInput.RoleExited(1)).Pass(31);
        }

        Assert.Equal((RoleState.Running, 20), (story.LastRole!.State, story.LastRole.Restarts));
    }

    [Fact]
    public void A_crash_loop_without_waits_is_slowed_down()
    {
        Story story = Running(new RestartSpec([TimeSpan.Zero], 0));
        story.Meet(new AgentInput.RoleExited(1)).Forget().Meet(new AgentInput.RoleExited(1));
        Assert.Equal(0, story.Count<AgentEffect.StartRole>());
        Assert.Equal(1, story.Pass(0.2).Count<AgentEffect.StartRole>());
    }

    [Fact]
    public void Shutdown_asks_the_role_to_end_and_powers_off_once_it_has()
    {
        Story story = Running().Forget().Hear(new ShutdownMessage(TimeSpan.FromSeconds(3)));
        Assert.Equal([new AgentEffect.EndRole(false)], story.Effects.OfType<AgentEffect.EndRole>());
        Assert.Equal(0, story.Pass(2).Count<AgentEffect.PowerOff>());
        Assert.Equal(1, story.Meet(new AgentInput.RoleExited(143)).Count<AgentEffect.PowerOff>());
        Assert.Equal(RoleState.Stopped, story.LastRole!.State);
    }

    [Fact]
    public void A_role_that_ignores_the_request_is_killed_when_its_grace_is_over()
    {
        Story story = Running().Hear(new ShutdownMessage(TimeSpan.FromSeconds(3))).Forget();
        Assert.Equal(0, story.Pass(2.9).Count<AgentEffect.EndRole>());
        Assert.Equal([new AgentEffect.EndRole(true)], story.Pass(0.2).Effects.OfType<AgentEffect.EndRole>());
    }

    [Fact]
    public void Shutdown_of_a_guest_without_a_role_powers_off_at_once()
    {
        Story story = new Story().Meet(new AgentInput.HostCame()).Hear(new ShutdownMessage(TimeSpan.Zero));
        Assert.Equal(1, story.Count<AgentEffect.PowerOff>());
    }

    [Fact]
    public void An_agent_that_is_asked_to_end_takes_its_role_along_and_powers_nothing_off()
    {
        Story story = Running().Meet(new AgentInput.EndAsked()).Meet(new AgentInput.RoleExited(0));
        Assert.Equal((1, 0), (story.Count<AgentEffect.Exit>(), story.Count<AgentEffect.PowerOff>()));
    }
}
