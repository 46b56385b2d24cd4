using System.Collections.Immutable;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>Nodes with a VM that is bound to them, silenced in the ways that a fence order meets.</summary>
internal static class FencedNodes
{
    /// <summary>
    /// Two Off readings come before the answer to the order that made them; the machine is off by then.
    /// </summary>
    public static Story AnsweredLate(out SmallHost home)
    {
        (var story, home) = Hung(BmcMood.Lazy);
        var host = home;
        story.Until(() => story.Last.Commands.Any(c => c is PowerOff));
        var order = story.Node(host.Name.Value).Fence!;
        host.PowerOff();
        host.Bmc = BmcMood.Dead;
        for (var i = 0; i < 2; i++)
        {
            story.Post(new PowerRead(
                host.Name, new PowerSeen(story.Now, PowerState.Off, "", host.Boot)));
        }

        story.Step();
        Assert.Equal(NodePhase.Dead, story.PhaseOf(host));
        story.Run(5);
        Assert.Equal(0, story.Sent<PowerOn>());
        host.Bmc = BmcMood.Honest;
        story.Post(new PowerOffAnswered(host.Name, order.Id, PowerOffFate.Taken));
        return story;
    }

    /// <summary>A BMC takes an order and does nothing; then the node is heard again, the same boot.</summary>
    public static Story TakenInVain(out SmallHost home)
    {
        (var story, home) = Hung(BmcMood.Lazy, cut: true);
        var host = home;
        story.Until(() => story.Node(host.Name.Value).Fence is { AnsweredAt: not null });
        host.Cut = false;
        story.Until(() => story.PhaseOf(host) == NodePhase.Up);
        host.Bmc = BmcMood.Honest;
        return story;
    }

    /// <summary>A node that we have fenced and that does not obey a power-on order.</summary>
    public static (Story Story, SmallHost Home) Dark()
    {
        var (story, home) = Hung();
        home.NeverBoots = true;
        return (story, home);
    }

    /// <summary>A node with a VM that is bound to it hangs, or is cut off; its datastore heartbeat is stale.</summary>
    public static (Story Story, SmallHost Home) Hung(BmcMood bmc = BmcMood.Honest, bool cut = false)
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");
        home.Bmc = bmc;
        if (cut)
        {
            home.Cut = true;
        }
        else
        {
            home.Hang(story.Now);
        }

        return (story.Sighted(home, 6), home);
    }

    /// <summary>Node and BMC have their power back, and a standing order is on its way to the fresh boot.</summary>
    public static (Story Story, SmallHost Home) OrderedAsItBoots()
    {
        var (story, home) = LostWithItsBmc();
        story.Until(() => story.Last.Commands.Any(c => c is PowerOff));
        story.Reboot(home);
        home.Cut = true;
        home.Bmc = BmcMood.Honest;
        return (story, home);
    }

    /// <summary>A node and its BMC lost their power together; a fence order stands, and nothing answers it.</summary>
    public static (Story Story, SmallHost Home) LostWithItsBmc()
    {
        var (story, home) = Hung(BmcMood.Dead);
        home.PowerOff();
        story.Run(30);
        Assert.NotNull(story.Node(home.Name.Value).Fence);
        return (story, home);
    }

    /// <summary>Another way to switch a node off beside its BMC: an outlet of a PDU.</summary>
    public static void GiveLadder(Story story, SmallHost host, string bmc)
    {
        var node = story.Ledger.Specs[$"Node/{host.Name}"];
        var spec = (NodeSpec)node.Spec;
        var first = spec.Rungs[0] with { Url = $"https://{bmc}" };
        var outlets = new FenceMethod
        {
            Driver = FenceDriver.FenceAgent,
            Agent = "fence_pdu",
            Outlets = [ImmutableSortedDictionary<string, string>.Empty.Add("plug", host.Name.Value)],
        };
        Assert.Empty(story.Apply(node with { Spec = spec with { Bmc = null, Fencing = [first, outlets] } }).Errors);
    }
}
