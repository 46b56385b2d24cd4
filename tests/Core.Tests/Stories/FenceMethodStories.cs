using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>How often a method is used follows from what it is.</summary>
public sealed class FenceMethodStories
{
    [Theory]
    [InlineData(FenceDriver.Redfish, 5, 5, 0.2)]
    [InlineData(FenceDriver.Ipmi, 5, 5, 1)]
    [InlineData(FenceDriver.Ipmi, 30, 30, 1)]
    [InlineData(FenceDriver.FenceAgent, 20, 20, 1)]
    public void An_order_is_repeated_when_its_time_is_over_and_a_program_is_run_once_a_second_at_most(
        FenceDriver driver, int timeout, double again, double pause)
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        Use(story, home, driver, TimeSpan.FromSeconds(timeout));
        (home.Cut, home.Bmc) = (true, BmcMood.Lazy);
        story.Sighted(home, 6);

        story.Run(100);

        var offs = At<PowerOff>(story, home);
        var reads = At<ReadPower>(story, home)
            .Where(at => at > offs[0] && at < offs[0] + TimeSpan.FromSeconds(30)).ToList();
        Assert.True(offs.Count > 2);
        Assert.All(Gaps(offs), gap => Assert.Equal(again, gap, 3));
        Assert.True(reads.Count > 5);
        Assert.All(Gaps(reads), gap => Assert.InRange(gap, pause, pause + 1));
    }

    [Theory]
    [InlineData(FenceDriver.Redfish, 5, 3)]
    [InlineData(FenceDriver.FenceAgent, 20, 21)]
    public void A_question_is_asked_again_when_its_own_time_is_over(FenceDriver driver, int timeout, double again)
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        Use(story, home, driver, TimeSpan.FromSeconds(timeout));
        story.PowerHangs = true;
        story.Commands.Clear();
        home.PowerOff();

        story.Run(55);

        var asked = At<ReadPower>(story, home);
        Assert.InRange(asked.Count, 2, 20);
        Assert.All(Gaps(asked), gap => Assert.True(gap >= again, $"{gap} s"));
    }

    private static List<Instant> At<T>(Story story, SmallHost host) where T : Command =>
        [.. story.Commands.Where(c => c.Command is T && Node(c.Command) == host.Name)
            .Select(c => c.At)];

    private static NodeName? Node(Command command) => command switch
    {
        ReadPower read => read.Node,
        PowerOff off => off.Node,
        _ => null,
    };

    private static IEnumerable<double> Gaps(List<Instant> times) =>
        times.Zip(times.Skip(1), (before, after) => (after - before).TotalSeconds);

    private static void Use(Story story, SmallHost host, FenceDriver driver, TimeSpan timeout)
    {
        var node = story.Ledger.Specs[$"Node/{host.Name}"];
        var spec = (NodeSpec)node.Spec;
        Assert.Empty(story.Apply(node with
        {
            Spec = spec with { Bmc = spec.Bmc! with { Driver = driver, Timeout = timeout } },
        }).Errors);
    }
}
