using System.Text;
using Havm.Wire.Guest;

namespace Havm.GuestAgent.Tests;

public sealed class GuestLineTests
{
    private static readonly RoleReport Report = new("web", RoleState.BackOff, false, 2, 137);

    public static TheoryData<GuestMessage> Messages =>
    [
        new HelloMessage("havm-guest-agent", "1.2.3", "b", TimeSpan.FromSeconds(1.5), "web-0", 3),
        new BeatMessage(4, TimeSpan.FromSeconds(2), true, Report),
        new ReadyMessage(TimeSpan.FromSeconds(0.25)),
        new RoleStateMessage(TimeSpan.FromSeconds(9), Report),
        new PongMessage(1),
        new ErrorMessage("configure", "no"),
        new ShutdownMessage(TimeSpan.FromSeconds(30)),
        new PingMessage(1),
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_comes_back_as_it_was(GuestMessage message) =>
        Assert.Equal(new GuestLine.Message(message), GuestLine.Decode(GuestLine.Encode(message).AsSpan()[..^1]));

    [Fact]
    public void A_configuration_reads_as_the_plan_writes_it()
    {
        GuestLine line = GuestLine.Decode("""
            {"instance":"web-0","generation":2,"later":[{"type":"x"}],"type":"configure","beatPeriod":1,
             "role":{"name":"web","command":["web","80"],"environment":{"A":"b"},
             "probe":{"kind":"http","port":80,"path":"/healthz","period":0.5,"misses":3},
             "restart":{"backoff":[0,1.5],"limit":5}}}
            """u8);
        var message = Assert.IsType<ConfigureMessage>(Assert.IsType<GuestLine.Message>(line).Value);
        Assert.Empty(ConfigureCheck.Faults(message));
        Assert.Equal(ProbeKind.Http, message.Role!.Probe!.Kind);
        Assert.Equal(TimeSpan.FromSeconds(1.5), message.Role.Restart!.Backoff[1]);
        Assert.Equal(TimeSpan.FromSeconds(0.5), message.Role.Probe.Period);
    }

    [Theory]
    [InlineData("", "line")]
    [InlineData("hello", "line")]
    [InlineData("[1]", "line")]
    [InlineData("{\"type\":7}", "line")]
    [InlineData("{\"seq\":1}", "line")]
    [InlineData("{\"type\":\"dance\"}", "dance")]
    [InlineData("{\"type\":\"ping\"}", "ping")]
    [InlineData("{\"type\":\"ping\",\"id\":\"x\"}", "ping")]
    [InlineData("{\"type\":\"configure\",\"instance\":null,\"generation\":1}", "configure")]
    [InlineData("{\"type\":\"shutdown\",\"graceSeconds\":-1}", "shutdown")]
    [InlineData("{\"type\":\"shutdown\",\"graceSeconds\":1e300}", "shutdown")]
    [InlineData("{\"type\":\"ping\",\"id\":1}{", "ping")]
    [InlineData("{\"type\":\"beat\",\"seq\":1,\"uptime\":1,\"ready\":1}", "beat")]
    public void A_line_that_says_nothing_is_a_value(string text, string about) =>
        Assert.Equal(about, Assert.IsType<GuestLine.Malformed>(GuestLine.Decode(Encoding.UTF8.GetBytes(text))).About);

    [Fact]
    public void Random_bytes_are_values_too()
    {
        var random = new Random(20_26);
        byte[] ping = GuestLine.Encode(new PingMessage(5));
        for (int i = 0; i < 5_000; i++)
        {
            byte[] line = [.. ping];
            line[random.Next(line.Length)] = (byte)random.Next(256);
            line[random.Next(line.Length)] = (byte)random.Next(256);
            Assert.NotNull(GuestLine.Decode(line));
        }
    }

    [Fact]
    public void A_line_longer_than_the_bound_is_skipped_and_the_next_one_is_heard()
    {
        var buffer = new GuestLineBuffer();
        for (int i = 0; i < 100; i++)
        {
            buffer.Add(new byte[1024]);
        }

        buffer.Add("\n\r\n\n"u8);
        buffer.Add(GuestLine.Encode(new PingMessage(5)));
        Assert.True(buffer.TryTake(out GuestLine line));
        Assert.IsType<GuestLine.Malformed>(line);
        Assert.True(buffer.TryTake(out line));
        Assert.Equal(new GuestLine.Message(new PingMessage(5)), line);
        Assert.False(buffer.TryTake(out _));
    }

    [Fact]
    public async Task A_reader_puts_lines_together_however_they_are_cut_and_drops_a_torn_end()
    {
        byte[] bytes = [.. GuestLine.Encode(new PingMessage(1)), .. GuestLine.Encode(new PingMessage(2)), (byte)'{'];
        var reader = new GuestLineReader(new DripStream(bytes));
        Assert.Equal(new GuestLine.Message(new PingMessage(1)), await reader.ReadAsync(CancellationToken.None));
        Assert.Equal(new GuestLine.Message(new PingMessage(2)), await reader.ReadAsync(CancellationToken.None));
        Assert.Null(await reader.ReadAsync(CancellationToken.None));
    }

    /// <summary>Gives one byte a read.</summary>
    private sealed class DripStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel) =>
            base.ReadAsync(buffer[..1], cancel);
    }
}
