using Havm.Guest.Agent;
using Havm.Wire.Guest;

namespace Havm.GuestAgent.Tests;

/// <summary>A guest agent's machine with its own clock, told as a story: facts in, effects looked at.</summary>
internal sealed class Story
{
    private readonly AgentMachine _machine = new(
        new AgentIdentity("havm-guest-agent", "1.0", "boot-1"), AgentSettings.Default);

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(1);

    /// <summary>All effects since the last <see cref="Forget"/>.</summary>
    public List<AgentEffect> Effects { get; } = [];

    public IEnumerable<GuestMessage> Said => Effects.OfType<AgentEffect.Say>().Select(say => say.Message);

    public RoleReport? LastRole => Said.OfType<RoleStateMessage>().LastOrDefault()?.Role;

    public static RoleSpec Web(ProbeSpec? probe = null, RestartSpec? restart = null, string command = "web") =>
        new("web", [command], null, probe, restart);

    public static ConfigureMessage Configure(RoleSpec? role, long generation = 1, string instance = "web-0") =>
        new(instance, generation, role, TimeSpan.FromSeconds(1));

    public Story Hear(GuestMessage message) => Meet(new AgentInput.LineHeard(new GuestLine.Message(message)));

    /// <summary>Hands in a fact; a role that is to start does start.</summary>
    public Story Meet(AgentInput input)
    {
        IReadOnlyList<AgentEffect> effects = _machine.Handle(input, Now);
        Effects.AddRange(effects);
        return effects.Any(effect => effect is AgentEffect.StartRole) ? Meet(new AgentInput.RoleStarted()) : this;
    }

    /// <summary>Lets time go on, waking the machine whenever it asks to be woken.</summary>
    public Story Pass(double seconds)
    {
        TimeSpan end = Now + TimeSpan.FromSeconds(seconds);
        while (_machine.NextDue is { } due && due <= end)
        {
            Assert.True(due > Now || Effects.Count < 10_000, "the machine asks for ticks without end");
            Now = due > Now ? due : Now;
            Meet(new AgentInput.Ticked());
        }

        Now = end;
        return Meet(new AgentInput.Ticked());
    }

    /// <summary>Time goes on and nobody wakes the machine, as when the whole guest is paused.</summary>
    public Story StandStill(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return this;
    }

    public Story Forget()
    {
        Effects.Clear();
        return this;
    }

    public int Count<T>()
        where T : AgentEffect => Effects.OfType<T>().Count();
}
