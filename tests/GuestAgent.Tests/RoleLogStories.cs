using System.Collections.Immutable;
using System.Text;
using Havm.Guest.Agent;
using Havm.Guest.Host;
using Havm.Guest.Supervision;
using Havm.Model;
using Havm.Wire.Guest;

namespace Havm.GuestAgent.Tests;

/// <summary>The end of what a role writes: bounded and clean wherever it goes, and not told all the time.</summary>
public sealed class RoleLogStories
{
    [Fact]
    public void What_the_role_writes_is_told_and_what_follows_soon_is_told_together()
    {
        Story story = Running();

        Write(story, "one\n");
        Assert.Equal(["one"], Told(story));
        Write(story, "two\nthr");
        Write(story, "ee\n");
        Assert.Single(story.Said.OfType<RoleLogMessage>());

        story.Pass(5);
        Assert.Equal(["one", "two", "three"], Told(story));
        story.Forget().Pass(60);
        Assert.Empty(story.Said.OfType<RoleLogMessage>());
    }

    [Fact]
    public void Its_last_words_are_told_at_once_and_before_its_end()
    {
        Story story = Running();
        Write(story, "well\n");
        story.Forget();

        Write(story, "out of memory\n");
        Assert.Empty(story.Said.OfType<RoleLogMessage>());
        story.Meet(new AgentInput.RoleExited(1));

        GuestMessage[] said = [.. story.Said.Where(m => m is RoleLogMessage or RoleStateMessage)];
        Assert.Equal(["well", "out of memory"], Assert.IsType<RoleLogMessage>(said[0]).Lines);
        Assert.Equal(1, Assert.IsType<RoleStateMessage>(said[1]).Role.ExitCode);
    }

    [Fact]
    public void A_host_that_comes_later_is_told_all_that_is_kept()
    {
        Story story = Running();
        Write(story, "one\n");

        story.Meet(new AgentInput.HostLeft());
        Write(story, "two\n");
        story.Forget().Meet(new AgentInput.HostCame());

        Assert.Equal(["one", "two"], Told(story));
    }

    [Fact]
    public void Only_the_end_is_kept_of_many_lines_and_the_beginning_of_one_that_does_not_end()
    {
        var tail = new OutputTail();
        for (int i = 0; i < 1000; i++)
        {
            tail.Add(Encoding.UTF8.GetBytes($"line {i}\r\n"));
        }

        Assert.Equal(LogLines.Most, tail.Lines.Length);
        Assert.Equal("line 999", tail.Lines[^1]);

        tail.Add(new byte[1 << 20]);
        tail.Add(Encoding.UTF8.GetBytes(new string('x', 1 << 20)));
        tail.Add("\nnext"u8);
        Assert.Equal("next", tail.Lines[^1]);
        Assert.All(tail.Lines, line => Assert.True(line.Length <= LogLines.Longest));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\u001b[31mred\u001b[0m and \u001b]0;title\u0007done", "red and ]0;titledone")]
    [InlineData("a\tb\0c\u0085d\u009b2Je", "a bcd2Je")]
    [InlineData("turned \u202e around \u2066", "turned  around")]
    [InlineData("one\u2028two", "onetwo")]
    [InlineData("whole \ud83d\ude00", "whole \ud83d\ude00")]
    [InlineData("\u001b[", "")]
    public void A_line_does_nothing_to_a_terminal(string line, string shown) =>
        Assert.Equal(shown, LogLines.Clean(line));

    /// <summary>A wire can carry what the type cannot hold.</summary>
    [Fact]
    public void A_line_that_is_none_is_left_out() => Assert.Equal(["one"], LogLines.Bound([null!, "one", null!]));

    [Fact]
    public void Half_a_character_is_none() => Assert.Equal("half \ufffd of it", LogLines.Clean("half \ud83d of it"));

    [Theory]
    [InlineData("\"")]
    [InlineData("\u00e4")]
    [InlineData("\ud83d\ude00")]
    [InlineData("x")]
    public void The_most_that_is_kept_fits_into_one_line_of_the_port(string part)
    {
        string line = string.Concat(Enumerable.Repeat(part, LogLines.Longest));

        ImmutableArray<string> kept = LogLines.Bound([.. Enumerable.Repeat(line, 1000)]);

        Assert.NotEmpty(kept);
        Assert.InRange(GuestLine.Encode(new RoleLogMessage(kept)).Length, 1, LogLines.MostBytes + 64);
    }

    [Fact]
    public void What_a_guest_tells_is_made_clean_and_bounded_again_and_a_flood_is_thinned()
    {
        var translator = new GuestTranslator();
        MachineSign first = Assert.Single(Logs(translator, 0, ["a\u001b[2Jb", .. Enumerable.Repeat("x\ny", 100)]));
        Assert.Equal(LogLines.Most, first.Detail.Split('\n').Length);
        Assert.All(first.Detail.Split('\n'), line => Assert.Equal("xy", line));

        Assert.Empty(Logs(translator, 0, [.. Enumerable.Repeat("xy", 100)]));
        int told = Enumerable.Range(0, 1000).Sum(i => Logs(translator, 0.01 * i, [$"{i}"]).Count());
        Assert.InRange(told, 2, 8);
        Assert.Equal("the end", Assert.Single(Logs(translator, 60, ["the end"])).Detail);
    }

    private static IEnumerable<MachineSign> Logs(GuestTranslator translator, double at, string[] lines) =>
        translator.Take(new RoleLogMessage(lines), TimeSpan.FromSeconds(at)).ToList()
            .Where(sign => sign.Kind == MachineSignKind.RoleLog);

    private static Story Running() => new Story().Meet(new AgentInput.HostCame())
        .Hear(Story.Configure(Story.Web())).Forget();

    private static void Write(Story story, string text) =>
        story.Meet(new AgentInput.RoleWrote([.. Encoding.UTF8.GetBytes(text)]));

    private static IReadOnlyList<string> Told(Story story) => story.Said.OfType<RoleLogMessage>().Last().Lines;
}
