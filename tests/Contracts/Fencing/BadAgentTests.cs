using System.Collections.Immutable;
using System.Diagnostics;
using Havm.Fencing;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Fencing;

/// <summary>Agents that hang, flood, fail or are none: clear answers, in bounded time, nothing left.</summary>
public sealed class BadAgentTests
{
    private static readonly NodeName Node = new("n1");

    /// <summary>More than the 1 s of the method and the second in which what was killed goes.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(6);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_agent_that_is_not_installed_or_not_executable_is_named()
    {
        using var agent = new ScriptedAgent();
        PowerAnswer none = await ReadAsync(agent, agent.Spec with { Agent = "fence_nowhere" });
        Assert.Equal((PowerState.Unknown, FenceTrouble.Unusable), (none.State, none.Trouble));
        Assert.Contains("fence_nowhere is not installed", none.Message, StringComparison.Ordinal);

        File.SetUnixFileMode(agent.Program, UnixFileMode.UserRead);
        PowerAnswer locked = await ReadAsync(agent, agent.Spec);
        Assert.Equal(FenceTrouble.Unusable, locked.Trouble);
        Assert.Contains("fence_scripted is not executable", locked.Message, StringComparison.Ordinal);
        Assert.Empty(agent.Runs);
    }

    [Theory]
    [InlineData("fence_scsi", "cuts a machine off from storage or network")]
    [InlineData("fence_mpath", "cuts a machine off from storage or network")]
    [InlineData("fence_kdump", "has no action")]
    [InlineData("fence_heuristics_ping", "has no action")]
    public async Task An_installed_agent_that_does_not_switch_power_is_refused(string name, string because)
    {
        MethodFault? fault = await new FenceAgents().FaultAsync(
            new FenceMethod { Driver = FenceDriver.FenceAgent, Agent = name }, Cancel);

        Assert.Equal("agent", fault?.Field);
        Assert.Contains(because, fault!.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fence_apc")]
    [InlineData("fence_apc_snmp")]
    [InlineData("fence_idrac")]
    [InlineData("fence_redfish")]
    [InlineData("fence_virsh")]
    public async Task Installed_agents_that_switch_power_are_taken(string name)
    {
        var method = new FenceMethod
        {
            Driver = FenceDriver.FenceAgent, Agent = name, CredentialsFile = "/c",
            Outlets = [ImmutableSortedDictionary<string, string>.Empty.Add("plug", "7").Add("ip", "192.0.2.1")],
        };

        Assert.Null(await new FenceAgents().FaultAsync(method, Cancel));
    }

    [Theory]
    [InlineData("", "not XML")]
    [InlineData("<html/>", "not a fence agent's")]
    [InlineData("<resource-agent><actions/></resource-agent>", "has no action on")]
    [InlineData("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/hostname\">]><a>&b;</a>", "not XML")]
    public async Task Metadata_that_is_none_is_told(string metadata, string because)
    {
        using var agent = new ScriptedAgent(metadata: metadata);

        PowerAnswer answer = await ReadAsync(agent, agent.Spec);

        Assert.Equal(FenceTrouble.Unusable, answer.Trouble);
        Assert.Contains(because, answer.Message, StringComparison.Ordinal);
        Assert.Equal(["metadata "], agent.Runs);
    }

    [Fact]
    public async Task A_parameter_that_the_agent_does_not_know_is_named()
    {
        using var agent = new ScriptedAgent();
        FenceMethod method = agent.Spec with { Parameters = agent.Spec.Parameters.Add("bogus", "1") };

        MethodFault? fault = await new FenceAgents(agent.Settings).FaultAsync(method, Cancel);

        Assert.Equal(("parameters", "fence_scripted knows no bogus"), (fault?.Field, fault?.Reason));
        Assert.Null(await new FenceAgents(agent.Settings).FaultAsync(agent.TwoOutlets, Cancel));
    }

    [Theory]
    [InlineData("while :; do sleep 100 & echo $! >>began; echo $$ >>began; wait; done")]
    [InlineData("echo $$ >>began; (sleep 100 & echo $! >>began; wait) & echo $! >>began; wait")]
    [InlineData("echo $$ >>began; setsid sh -c 'echo $$ >>began; sleep 100; :' & wait")]
    [InlineData("sleep 100 & echo $! >>began; exit 0")]
    [InlineData("trap '' TERM INT HUP; echo $$ >>began; while :; do :; done")]
    public async Task What_hangs_is_ended_in_time_with_all_that_it_began(string script)
    {
        using var agent = new ScriptedAgent(script);
        long clock = Stopwatch.GetTimestamp();

        PowerAnswer answer = await ReadAsync(agent, agent.Spec);

        Assert.Equal((PowerState.Unknown, FenceTrouble.Unreachable), (answer.State, answer.Trouble));
        Assert.InRange(Stopwatch.GetElapsedTime(clock), TimeSpan.Zero, Bound);
        await agent.AllHaveEndedAsync();
    }

    [Fact]
    public async Task A_cancelled_call_leaves_nothing_behind()
    {
        using var agent = new ScriptedAgent("echo $$ >>began; sleep 100");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task<PowerAnswer> asked = new AgentPowerFence(agent.Settings).ReadAsync(
            Node, agent.Spec with { Timeout = TimeSpan.FromMinutes(1) }, cancel.Token);
        await Havm.Tests.Until.TrueAsync("the agent runs", () => agent.Runs.Count == 2);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await agent.AllHaveEndedAsync();
    }

    [Fact]
    public async Task A_flood_of_words_is_cut()
    {
        using var agent = new ScriptedAgent("yes flood | head -c 20000000 >&2; exit 1");

        PowerAnswer answer = await ReadAsync(agent, agent.Spec with { Timeout = TimeSpan.FromSeconds(10) });

        Assert.Equal(FenceTrouble.Refused, answer.Trouble);
        Assert.InRange(answer.Message.Length, 1, 500);
    }

    [Fact]
    public async Task Secrets_come_by_standard_input_alone_and_leave_in_no_words()
    {
        using var agent = new ScriptedAgent("echo \"login with $password failed\" >&2; exit 1");
        agent.AddCredential("community=deep-secret");

        PowerAnswer answer = await ReadAsync(agent, agent.Spec);

        Assert.Contains("login with *** failed", answer.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("right-word", agent.Seen, StringComparison.Ordinal);
        Assert.Contains("fence_scripted", agent.Seen, StringComparison.Ordinal);
        Assert.Equal(
            ["action=metadata", "action=status", "ip=192.0.2.1", "username=admin", "password=right-word",
                "community=deep-secret"],
            agent.Told);
    }

    [Fact]
    public async Task An_order_that_failed_may_have_been_carried_out()
    {
        using var agent = new ScriptedAgent("[ \"$action\" = status ] && exit 0; echo 'Timed out' >&2; exit 1");

        PowerAnswer answer = await new AgentPowerFence(agent.Settings).OffAsync(Node, agent.Spec, Cancel);

        Assert.Equal((FenceTrouble.Unreachable, PowerState.On), (answer.Trouble, answer.State));
        Assert.Equal(["metadata ", "status ", "off "], agent.Runs);
    }

    [Theory]
    [InlineData("7 8", PowerState.On)]
    [InlineData("7", PowerState.On)]
    [InlineData("8", PowerState.On)]
    [InlineData("", PowerState.Off)]
    public async Task Two_power_feeds_are_off_when_both_are(string on, PowerState expected)
    {
        using var agent = new ScriptedAgent();
        foreach (string outlet in on.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            agent.TurnOn(outlet);
        }

        var fence = new AgentPowerFence(agent.Settings);
        Assert.Equal(PowerAnswer.Of(expected), await fence.ReadAsync(Node, agent.TwoOutlets, Cancel));
        Assert.Equal(PowerAnswer.Of(expected), await fence.OffAsync(Node, agent.TwoOutlets, Cancel));
        Assert.Equal(PowerAnswer.Of(PowerState.Off), await fence.ReadAsync(Node, agent.TwoOutlets, Cancel));
        Assert.Equal(on.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            agent.Runs.Where(run => run.StartsWith("off", StringComparison.Ordinal)).Select(run => run[4..]));
    }

    [Fact]
    public async Task A_feed_that_is_not_known_is_not_off()
    {
        using var agent = new ScriptedAgent("[ \"$plug\" = 8 ] && exit 1; exit 2");

        PowerAnswer answer = await new AgentPowerFence(agent.Settings).OffAsync(Node, agent.TwoOutlets, Cancel);

        Assert.Equal((PowerState.Unknown, FenceTrouble.Refused), (answer.State, answer.Trouble));
    }

    private static Task<PowerAnswer> ReadAsync(ScriptedAgent agent, FenceMethod method) =>
        new AgentPowerFence(agent.Settings).ReadAsync(Node, method, Cancel);
}
