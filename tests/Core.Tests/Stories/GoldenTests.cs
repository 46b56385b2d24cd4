using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// Whole decisions as text, so that a change of any of them is seen in review.
/// </summary>
public sealed class GoldenTests
{
    /// <summary>Of the many questions to BMCs only the first is shown.</summary>
    private static readonly TimeSpan FirstQuestion = TimeSpan.FromSeconds(2);

    [Fact]
    public void A_power_cut_with_an_honest_BMC() => Compare("power-cut", story => story.Home("a").PowerOff(), 8);

    [Fact]
    public void A_node_that_is_cut_off_and_lives() => Compare("cut-off", story => story.Home("a").Cut = true, 45);

    [Fact]
    public void A_node_that_hangs_with_its_BMC_in_reach() => Compare(
        "hang", story => story.Home("a").Hang(story.Now), 12);

    private static void Compare(string name, Action<Story> fault, double seconds)
    {
        var story = Story.Of(3, 2)
            .With(StorySpecs.Set("set"), StorySpecs.Vm("a", set: "set"), StorySpecs.Vm("b", priority: 1, set: "set"));
        story.SharedStore = true;
        story.Run(1);
        var from = story.Now;
        var (events, commands) = (story.Events.Count, story.Commands.Count);

        fault(story);
        story.Run(seconds);

        var told = story.Events.Skip(events)
            .Select(e => (e.At - (story.Wall - (story.Now - from)), $"{e.Name} {e.Subject}: {e.Reason.Message}"));
        var done = story.Commands.Skip(commands)
            .Where(c => c.Command is PowerOff or PowerOn || from == c.At - FirstQuestion)
            .Select(c => (c.At - from, Words(c.Command)));
        var text = string.Concat(
            told.Concat(done).OrderBy(l => l.Item1).Select(l => $"{l.Item1.TotalSeconds,5:0.0} s  {l.Item2}\n"));
        Golden.Matches($"tests/Core.Tests/Stories/Goldens/{name}.txt", text);
    }

    private static string Words(Command command) => command switch
    {
        ReadPower read => $"-> readPower {read.Node}",
        AskNode ask => $"-> askNode of {ask.About} at {ask.Address} by {ask.Reader}",
        AskGuests ask => $"-> askGuests of {ask.About} by {ask.Reader}",
        ReadHeartbeat read => $"-> readHeartbeat of {read.About} by {read.Reader}{(read.Closely ? " closely" : "")}",
        PowerOff off => $"-> powerOff {off.Node} (order {off.Order.Id}, boot {off.Order.Boot})",
        PowerOn on => $"-> powerOn {on.Node} (try {on.Try}, after boot {on.Boot})",
        _ => throw new InvalidOperationException($"no such command: {command}"),
    };
}
