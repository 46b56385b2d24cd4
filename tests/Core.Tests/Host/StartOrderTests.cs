using Havm.Core.Host.Goals;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>SPEC 6, the host's side: what starts first when more is due than may be started at once.</summary>
public sealed class StartOrderTests
{
    [Fact]
    public void What_has_priority_is_on_its_way_first_whatever_its_name()
    {
        var story = new HostStory();
        story.Unanswered.Add(typeof(HostEffect.Start));

        story.Goal(1, [.. Enumerable.Range(0, 10).Select(i => Seat($"web-{i}") with { Priority = i < 7 ? 4 : 1 })]);
        story.Pass(5);

        Assert.Equal(
            ["web-7", "web-8", "web-9", "web-0"],
            story.Done.OfType<HostEffect.Start>().Select(start => start.Seat.Machine.Instance.Value));
    }
}
