using System.Collections.Immutable;
using Havm.Fencing;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Fencing;

/// <summary>Agents that tell storage to refuse a node's writes: taken for that, and never for power.</summary>
public sealed class StorageAgentTests
{
    private const string AtTheSwitch = "<action name=\"on\" automatic=\"1\"/>";

    private const string OnTheNode = "<action name=\"on\" on_target=\"1\" automatic=\"1\"/>";

    private static readonly NodeName Node = new("n1");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(AtTheSwitch)]
    [InlineData(OnTheNode)]
    public async Task What_cuts_off_storage_is_taken_for_storage_and_refused_as_power(string on)
    {
        using var agent = Scripted(on);
        var agents = new FenceAgents(agent.Settings);

        Assert.Null(await agents.FaultAsync(Of(agent), Cancel));

        MethodFault? fault = await agents.FaultAsync(agent.Spec, Cancel);
        Assert.Equal("agent", fault?.Field);
        Assert.Contains("does not switch its power", fault!.Reason, StringComparison.Ordinal);
        Assert.Contains("datastores", fault.Remedy, StringComparison.Ordinal);
        Assert.Equal(["metadata "], agent.Runs);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("<action name=\"on\"/>", null)]
    [InlineData(null, "has no action status: it does not cut off storage")]
    public async Task It_needs_the_actions_off_and_status_alone(string? on, string? because)
    {
        using var agent = on is null
            ? new ScriptedAgent(metadata: "<resource-agent><actions><action name=\"off\"/></actions></resource-agent>")
            : Scripted(on);

        MethodFault? fault = await new FenceAgents(agent.Settings).FaultAsync(Of(agent), Cancel);

        Assert.Equal(because is null, fault is null);
        Assert.EndsWith(because ?? "", fault?.Reason ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_are_refused_and_taken_again_by_orders_to_a_switch()
    {
        using var agent = Scripted(AtTheSwitch);
        agent.TurnOn("all");
        var fence = new AgentPowerFence(agent.Settings);

        Assert.Equal(PowerAnswer.Of(PowerState.On), await fence.OffAsync(Node, Of(agent), Cancel));
        Assert.Equal(PowerAnswer.Of(PowerState.Off), await fence.ReadAsync(Node, Of(agent), Cancel));
        Assert.Equal(PowerAnswer.Of(PowerState.Off), await fence.OnAsync(Node, Of(agent), Cancel));
        Assert.Equal(PowerAnswer.Of(PowerState.On), await fence.ReadAsync(Node, Of(agent), Cancel));
    }

    [Theory]
    [InlineData(OnTheNode)]
    [InlineData("")]
    public async Task Where_the_node_registers_itself_no_order_lets_it_in_and_none_is_run(string on)
    {
        using var agent = Scripted(on);
        var fence = new AgentPowerFence(agent.Settings);

        PowerAnswer answer = await fence.OnAsync(Node, Of(agent), Cancel);

        Assert.Equal((PowerState.Unknown, FenceTrouble.Unusable), (answer.State, answer.Trouble));
        Assert.StartsWith("storage of n1 by fence_scripted ip=192.0.2.1: ", answer.Message, StringComparison.Ordinal);
        Assert.Contains("registers itself when it boots", answer.Message, StringComparison.Ordinal);
        Assert.Equal(["metadata "], agent.Runs);
        Assert.Equal(PowerAnswer.Of(PowerState.Off), await fence.OffAsync(Node, Of(agent), Cancel));
    }

    [Fact]
    public async Task Trouble_with_storage_is_not_told_as_trouble_with_power()
    {
        using var agent = Scripted(OnTheNode, "echo 'no such device' >&2; exit 1");
        var fence = new AgentPowerFence(agent.Settings);

        PowerAnswer answer = await fence.OffAsync(Node, Of(agent), Cancel);

        Assert.Equal((PowerState.Unknown, FenceTrouble.Refused), (answer.State, answer.Trouble));
        Assert.StartsWith("storage of n1 by ", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fence_scsi")]
    [InlineData("fence_mpath")]
    [InlineData("fence_sanbox2")]
    public async Task Installed_agents_that_cut_off_storage_are_taken_for_it(string name) =>
        Assert.Null(await new FenceAgents().FaultAsync(
            new FenceMethod
            {
                Driver = FenceDriver.FenceAgent, Agent = name, Datastores = ["shared"],
                Parameters = ImmutableSortedDictionary<string, string>.Empty.Add("plug", "n1"),
            },
            Cancel));

    private static ScriptedAgent Scripted(string on, string script = ScriptedAgent.Good) => new(
        script, ScriptedAgent.Metadata.Replace("<action name=\"on\" automatic=\"0\"/>", on, StringComparison.Ordinal));

    private static FenceMethod Of(ScriptedAgent agent) => agent.Spec with { Datastores = ["shared"] };
}
