using Havm.Guest.Agent;
using Havm.Wire.Guest;

namespace Havm.GuestAgent.Tests;

public sealed class ConfigureStories
{
    private static Story Running() =>
        new Story().Meet(new AgentInput.HostCame()).Hear(Story.Configure(Story.Web())).Forget();

    [Fact]
    public void The_same_configuration_twice_restarts_nothing_and_says_hello_again()
    {
        Story story = Running().Hear(Story.Configure(Story.Web()));
        Assert.Equal((0, 0), (story.Count<AgentEffect.StartRole>(), story.Count<AgentEffect.EndRole>()));
        Assert.Equal(("web-0", 1), story.Said.OfType<HelloMessage>().Select(m => (m.Instance, m.Generation)).Single());
    }

    [Fact]
    public void A_new_generation_of_a_migrated_guest_restarts_nothing()
    {
        Story story = Running().Hear(Story.Configure(Story.Web(), generation: 2));
        Assert.Equal((0, 0), (story.Count<AgentEffect.StartRole>(), story.Count<AgentEffect.EndRole>()));
        Assert.Equal(2, story.Said.OfType<HelloMessage>().Single().Generation);
    }

    [Fact]
    public void An_older_generation_is_refused_and_changes_nothing()
    {
        Story story = Running().Hear(Story.Configure(Story.Web(), generation: 5)).Forget();
        story.Hear(Story.Configure(Story.Web(command: "other"), generation: 4));
        Assert.Contains("older than 5", story.Said.OfType<ErrorMessage>().Single().Reason);
        Assert.Equal(0, story.Count<AgentEffect.EndRole>());
    }

    [Fact]
    public void Another_instance_s_name_is_refused()
    {
        Story story = Running().Hear(Story.Configure(Story.Web(), instance: "web-1"));
        Assert.Contains("web-0", story.Said.OfType<ErrorMessage>().Single().Reason);
    }

    [Fact]
    public void Another_command_replaces_the_role_once_the_old_one_has_ended()
    {
        Story story = Running().Hear(Story.Configure(Story.Web(command: "other")));
        Assert.Equal((1, 0), (story.Count<AgentEffect.EndRole>(), story.Count<AgentEffect.StartRole>()));
        story.Meet(new AgentInput.RoleExited(143));
        Assert.Equal("other", story.Effects.OfType<AgentEffect.StartRole>().Single().Role.Command[0]);
        Assert.Equal(0, story.LastRole!.Restarts);
    }

    [Fact]
    public void Every_fault_of_a_configuration_is_named_at_once_and_nothing_is_changed()
    {
        var probe = new ProbeSpec(ProbeKind.Http, Port: 0, Misses: 0);
        Story story = Running().Hear(Story.Configure(new RoleSpec("web", [], null, probe), generation: 0));
        string reason = story.Said.OfType<ErrorMessage>().Single().Reason;
        Assert.All(["generation", "role.command", "role.probe.port", "role.probe.misses"],
            field => Assert.Contains(field, reason));
        Assert.Equal(0, story.Count<AgentEffect.EndRole>());
    }

    [Fact]
    public void One_more_order_to_restart_the_role_restarts_it_once()
    {
        Story story = Running().Hear(Story.Configure(Story.Web()) with { RoleRestarts = 3, EndpointTrouble = "500" });
        Assert.Equal(1, story.Count<AgentEffect.EndRole>());
        Assert.Contains(story.Effects.OfType<AgentEffect.Note>(), note => note.Text.EndsWith("out of rotation: 500"));

        story.Meet(new AgentInput.RoleExited(143)).Pass(60);
        Assert.Equal(1, story.Count<AgentEffect.StartRole>());
        story.Forget().Hear(Story.Configure(Story.Web()) with { RoleRestarts = 3, EndpointTrouble = "500" });
        Assert.Equal(0, story.Count<AgentEffect.EndRole>());
    }

    [Fact]
    public void Restarts_that_were_ordered_count_towards_no_limit_and_start_what_was_given_up()
    {
        RoleSpec role = Story.Web(restart: new RestartSpec([TimeSpan.Zero], 2));
        Story story = new Story().Meet(new AgentInput.HostCame()).Hear(Story.Configure(role));
        for (int order = 1; order <= 5; order++)
        {
            story.Hear(Story.Configure(role) with { RoleRestarts = order });
            story.Meet(new AgentInput.RoleExited(143)).Pass(1);
        }

        Assert.Equal((RoleState.Running, 0), (story.LastRole!.State, story.LastRole.Restarts));
        for (int crash = 0; crash < 3; crash++)
        {
            story.Meet(new AgentInput.RoleExited(1)).Pass(1);
        }

        Assert.Equal(RoleState.Failed, story.LastRole.State);
        story.Hear(Story.Configure(role) with { RoleRestarts = 6 }).Pass(1);
        Assert.Equal(RoleState.Running, story.LastRole.State);
    }

    [Fact]
    public void What_was_ordered_before_this_guest_began_restarts_nothing()
    {
        Story story = new Story().Meet(new AgentInput.HostCame())
            .Hear(Story.Configure(Story.Web()) with { RoleRestarts = 3 });
        Assert.Equal(0, story.Count<AgentEffect.EndRole>());
    }

    [Fact]
    public void A_malformed_line_is_answered_with_an_error()
    {
        Story story = Running().Meet(new AgentInput.LineHeard(GuestLine.Decode("{\"type\":\"dance\"}"u8)));
        Assert.Equal("dance", story.Said.OfType<ErrorMessage>().Single().About);
    }

    [Fact]
    public void Ping_is_answered_with_its_id() =>
        Assert.Equal(7, Running().Hear(new PingMessage(7)).Said.OfType<PongMessage>().Single().Id);
}
